"""Parses statements, each in its dialect: [[dialect, text], ...] in, [error or null, ...] out."""

import json
import sys

import sqlglot

# Conditions are nested deeply.
sys.setrecursionlimit(20000)
answers = []
with open(sys.argv[1], encoding="utf-8") as given:
    for dialect, text in json.load(given):
        try:
            parsed = sqlglot.parse(text, read=dialect)
            if len(parsed) != 1:
                answers.append(f"{len(parsed)} statements")
            elif isinstance(parsed[0], sqlglot.exp.Command):
                answers.append("not understood")
            else:
                answers.append(None)
        except Exception as error:  # what the parser says is the answer
            answers.append(str(error)[:2000])
with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump(answers, out)
