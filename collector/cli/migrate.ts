import { Command } from 'commander';
import { jsonOption } from './options.ts';
import { note, print } from './output.ts';

/** `assay migrate`: brings the store's schema up to this version. `assay up` does the same when it starts. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description("Bring the store's schema up to this version of Assay (assay up does so by itself).")
    .addOption(jsonOption())
    .action(async (options: { json: boolean }) => {
      const [{ loadConfig }, { openStore }] = await Promise.all([
        import('#collector/config.ts'),
        import('#store/open-store.ts'),
      ]);
      const config = loadConfig(process.env, process.cwd());
      const store = await openStore({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, log: note });
      await store.close();
      print(options.json, store.migration, () =>
        store.migration.applied.length === 0
          ? [`The store is at version ${store.migration.version}; there was nothing to do.`]
          : [
              `Applied ${store.migration.applied.join(', ')}; the store is at version ${store.migration.version}.`,
            ],
      );
    });
}
