import type { NotAnomalous, Term } from '#model/expression.ts';

import { parseCount, parseNumber } from './parse-number.ts';
import { ExpressionError } from './problem.ts';
import { jointLevel, type RawValue, toTerm } from './raw-value.ts';
import type { Statement } from './statement.ts';
import { refuseClock } from './subject.ts';
import { refuseBaselineIn, refuseConstants, refuseRows } from './subject-rules.ts';
import { join, type TokenReader } from './tokens.ts';

export const DEFAULT_SIGMA = 2;
const MAX_SIGMA = 20;
/** How many partitions `not anomalous` learns from unless told: the 30-day rolling mean of a daily dataset. */
export const TRAIN = { simple: 30, adaptive: 42 } as const;
const MAX_TRAIN = 1000;

/** `not anomalous [ "(" option { "," option } ")" ]`; the current token is `anomalous`. */
export function parseNotAnomalous(reader: TokenReader, subject: RawValue): Statement {
  const word = reader.advance();
  const level = jointLevel([subject]);
  if (level === 'row') refuseRows(subject, 'not anomalous', 'Write for example avg(column) not anomalous.');
  refuseConstants(level, join(subject.span, word.span));
  const measured = toTerm(subject);
  refuseBaselineIn(measured);
  refuseClock(measured, subject.span);
  const options = new Map<string, unknown>();
  let end = word.span;
  if (reader.takeSymbol('(')) {
    const found: Partial<AnomalyOptions> = {};
    do Object.assign(found, parseOption(reader, options));
    while (reader.takeSymbol(','));
    end = reader.expectSymbol(')', 'Close the bracket.').span;
    return { level: 'whole', condition: anomalyOf(measured, found, join(subject.span, end)) };
  }
  return { level: 'whole', condition: anomalyOf(measured, {}, join(subject.span, end)) };
}

type AnomalyOptions = Omit<NotAnomalous, 'type' | 'subject' | 'span'>;

function anomalyOf(subject: Term, found: Partial<AnomalyOptions>, span: NotAnomalous['span']): NotAnomalous {
  const mode = found.mode ?? 'simple';
  return {
    type: 'not_anomalous',
    subject,
    mode,
    sigma: found.sigma ?? (mode === 'simple' ? DEFAULT_SIGMA : null),
    seasonality: found.seasonality ?? 'auto',
    direction: found.direction ?? 'both',
    minimumChange: found.minimumChange ?? 0,
    train: found.train ?? TRAIN[mode],
    span,
  };
}

const OPTIONS = 'adaptive, 2 sigma, seasonality weekday, direction down, min_change 3%, train 28';

function parseOption(reader: TokenReader, seen: Map<string, unknown>): Partial<AnomalyOptions> {
  const token = reader.current;
  const name = token.kind === 'word' ? token.text.toLowerCase() : 'sigma';
  if (seen.has(name)) reader.fail('another option', 'Say each option once.');
  seen.set(name, true);
  if (token.kind === 'number' || token.kind === 'symbol') return { sigma: parseSigma(reader) };
  reader.advance();
  switch (name) {
    case 'adaptive':
      return { mode: 'adaptive' };
    case 'seasonality':
      return { seasonality: oneOf(reader, ['auto', 'none', 'weekday']) };
    case 'direction':
      return { direction: oneOf(reader, ['up', 'down', 'both']) };
    case 'min_change':
      return { minimumChange: parseMinimumChange(reader) };
    case 'train':
      return {
        train: parseCount(
          reader,
          MAX_TRAIN,
          `train is a whole number of partitions, 1 to ${MAX_TRAIN}`,
          'For example: train 28.',
        ),
      };
    default:
      throw new ExpressionError(
        token.span,
        `"${token.text}" is no option of anomalous`,
        `There are: ${OPTIONS}.`,
      );
  }
}

function parseSigma(reader: TokenReader): number {
  const sigma = parseNumber(reader);
  if (sigma.unit !== null || sigma.value <= 0 || sigma.value > MAX_SIGMA) {
    throw new ExpressionError(
      sigma.span,
      `The width in sigma lies above 0 and up to ${MAX_SIGMA}`,
      'For example: not anomalous(2 sigma).',
    );
  }
  reader.expectWord('sigma', 'For example: not anomalous(2 sigma).');
  return sigma.value;
}

function parseMinimumChange(reader: TokenReader): number {
  const change = parseNumber(reader);
  if ((change.unit === 'percent' || change.unit === null) && change.value >= 0) return change.value;
  throw new ExpressionError(change.span, 'min_change is a percentage', 'For example: min_change 3%.');
}

function oneOf<Word extends string>(reader: TokenReader, words: readonly Word[]): Word {
  const word = words.find((one) => reader.isWord(one));
  if (word === undefined) return reader.fail(words.join(', '), `For example: ${words[0] ?? ''}.`);
  reader.advance();
  return word;
}
