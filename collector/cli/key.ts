import { Command } from 'commander';
import { keyHash, newKeyText } from '#collector/keys/key-text.ts';
import { jsonOption } from './options.ts';
import { print } from './output.ts';

/** `assay key …`: makes keys. Nothing is stored: the hash goes into assay.yaml, the key to the one who uses it. */
export function keyCommand(): Command {
  return new Command('key').description('Make keys for those who may use Assay.').addCommand(newKey());
}

function newKey(): Command {
  return new Command('new')
    .description(
      'Print a new key, and its hash for assay.yaml. It is stored nowhere: it cannot be shown again.',
    )
    .addOption(jsonOption())
    .action((options: { json: boolean }) => {
      const key = newKeyText();
      const hash = keyHash(key);
      print(options.json, { key, hash }, () => [
        `key   ${key}`,
        `hash  ${hash}`,
        '',
        'Give the key to its user alone, and list the hash in assay.yaml:',
        '',
        'keys:',
        '  - name: who acts with it',
        `    hash: ${hash}`,
        '    scopes: [ingest]',
      ]);
    });
}
