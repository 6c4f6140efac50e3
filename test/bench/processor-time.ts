import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc per second (USER_HZ; 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100;

/** Processor seconds used so far, by group of processes, and by the whole machine. */
export interface ProcessorSample {
  readonly takenAt: number;
  readonly groups: Readonly<Record<string, number>>;
  /** Busy seconds of all cores together, kernel included. */
  readonly machine: number;
}

/** Processor time between two samples. */
export interface ProcessorUse {
  readonly seconds: number;
  readonly groups: Readonly<Record<string, number>>;
  /** Busy cores that belong to none of the groups: other work on the machine. */
  readonly foreignCores: number;
}

interface ProcessTimes {
  readonly parent: number;
  readonly own: number;
  readonly reapedChildren: number;
}

/** Whether the system tells processor times at all (Linux); elsewhere they are reported as not known. */
export const knowsProcessorTime = existsSync('/proc/stat');

/**
 * Processor time of groups of processes: each root with all that descends from it, but for other roots.
 * Back ends that ended meanwhile count through their parent, which has reaped them.
 */
export function sampleProcessors(groups: Readonly<Record<string, readonly number[]>>): ProcessorSample {
  const processes = readProcesses();
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of processes) {
    const siblings = children.get(parent);
    if (siblings) siblings.push(pid);
    else children.set(parent, [pid]);
  }
  const allRoots = new Set(Object.values(groups).flat());
  const treeTime = (pid: number): number => {
    const times = processes.get(pid);
    if (!times) return 0;
    const own = (children.get(pid) ?? []).filter((child) => !allRoots.has(child));
    return own.reduce((sum, child) => sum + treeTime(child), times.own + times.reapedChildren);
  };
  const totals: Record<string, number> = {};
  for (const [group, roots] of Object.entries(groups))
    totals[group] = roots.reduce((sum, pid) => sum + treeTime(pid), 0);
  return { takenAt: performance.now(), groups: totals, machine: machineBusy() };
}

/** What was used between two samples of the same groups. */
export function processorUse(before: ProcessorSample, after: ProcessorSample): ProcessorUse {
  const seconds = (after.takenAt - before.takenAt) / 1000;
  const groups: Record<string, number> = {};
  let ours = 0;
  for (const [group, total] of Object.entries(after.groups)) {
    const used = total - (before.groups[group] ?? 0);
    groups[group] = used;
    ours += used;
  }
  return { seconds, groups, foreignCores: Math.max(0, after.machine - before.machine - ours) / seconds };
}

function readProcesses(): Map<number, ProcessTimes> {
  const processes = new Map<number, ProcessTimes>();
  if (!knowsProcessorTime) return processes;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
    } catch {
      continue; // ended meanwhile
    }
    // The command may hold spaces and parentheses; the fields follow its last one. See proc(5).
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const at = (index: number): number => fields[index] ?? 0;
    processes.set(pid, {
      parent: at(1),
      own: (at(11) + at(12)) / TICKS_PER_SECOND,
      reapedChildren: (at(13) + at(14)) / TICKS_PER_SECOND,
    });
  }
  return processes;
}

function machineBusy(): number {
  if (!knowsProcessorTime) return 0;
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n');
  // cpu user nice system idle iowait irq softirq steal
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

/** Resident memory of a process in bytes; null when it cannot be told. */
export function residentBytes(pid: number): number | null {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match ? Number(match[1]) * 1024 : null;
  } catch {
    return null;
  }
}

/** Most memory that a process has held so far, in bytes (VmHWM of proc(5)); NaN where the system does not tell. */
export function mostMemory(pid: number): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line ? Number(line[1]) * 1024 : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
