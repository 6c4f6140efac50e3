export * from './base.ts';
export * from './dataset.ts';
export * from './input-output.ts';
export * from './job.ts';
export * from './lineage.ts';
export * from './quality.ts';
export * from './registry.ts';
export * from './run.ts';
