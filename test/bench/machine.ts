import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { BenchCluster } from './cluster.ts';
import { percentile } from './statistics.ts';

/** Where the figures were measured: absolute ones mean little without. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: Readonly<Record<string, string>>;
  /** Of 16 KB written and forced to disk, in milliseconds. */
  readonly fdatasyncMs: { readonly p50: number; readonly p99: number };
}

export function describeMachine(cluster: BenchCluster): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()}`,
    node: process.version,
    postgres: cluster.settings,
    fdatasyncMs: probeDisk(cluster.folder),
  };
}

const BLOCK = 16 * 1024;
const WRITES = 300;

/** How long the disk of `folder` takes to make a small write durable. */
export function probeDisk(folder: string): { readonly p50: number; readonly p99: number } {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'disk-probe');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(BLOCK, 0x5a);
  const times: number[] = [];
  for (let write = 0; write < WRITES; write += 1) {
    const begin = performance.now();
    writeSync(file, block, 0, BLOCK, write * BLOCK);
    fdatasyncSync(file);
    times.push(performance.now() - begin);
  }
  closeSync(file);
  rmSync(path);
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}
