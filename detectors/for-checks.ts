import type { Calendar, Detection, DetectionQuestion } from '#model/detection.ts';
import { marksInForce, type StatedMark } from '#model/mark.ts';
import { cadenceOf } from '#model/partition.ts';

import { detectAdaptive } from './adaptive.ts';
import { detectHourly } from './hourly.ts';

/** What a check does not say and a detector must be told. */
export interface CheckSurroundings {
  /** The key of the partition that is judged; it tells whether days or hours are. */
  readonly partition: string;
  /** Of the dataset; those that nobody took back. */
  readonly marks?: readonly StatedMark[];
  readonly calendar?: Calendar | undefined;
}

/** The detector behind `not anomalous(adaptive)`: that of the partition's cadence, with its marks and holidays. */
export function detectorForChecks({
  partition,
  marks = [],
  calendar = () => null,
}: CheckSurroundings): (asked: Omit<DetectionQuestion, 'cadence' | 'marks' | 'calendar'>) => Detection {
  const cadence = cadenceOf(partition);
  return (asked) => {
    const question = { ...asked, cadence, marks: marksInForce(marks, asked.label, partition), calendar };
    return cadence === 'hourly' ? detectHourly(question) : detectAdaptive(question);
  };
}
