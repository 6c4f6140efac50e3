export * from './cloud.ts';
export * from './databases.ts';
export type { DatasetName, Server } from './dataset-name.ts';
export * from './storage.ts';
export * from './streams.ts';
