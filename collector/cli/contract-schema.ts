import { Command } from 'commander';

/** `assay contract schema`: the JSON Schema of the short form, for editors. */
export function contractSchema(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of the short form, with which editors complete and check contracts.')
    .action(async () => {
      const { shortFormSchema } = await import('#rules/contract/short/short-form.ts');
      process.stdout.write(`${JSON.stringify(shortFormSchema(), null, 2)}\n`);
    });
}
