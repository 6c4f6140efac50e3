import type { SeriesPoint } from '../../../collector/api/schema/overview.ts';
import { Sentence } from './name.tsx';
import { figure } from './words.ts';

const SHOWN = 3;

/** Why the detector says what it says of a point, and what 2 sigma says of it. */
export function Because({ point }: { readonly point: SeriesPoint }) {
  const { explanation, message, simple, status } = point;
  const told = status === 'normal' || message === null ? null : message;
  if (told === null && explanation === null && simple === null) return null;
  return (
    <div className="because">
      {told === null ? null : (
        <p>
          <Sentence text={`${told}.`} />
        </p>
      )}
      {explanation && explanation.because.length > 0 ? (
        <p className="soft figures">
          {explanation.ratio === null
            ? ''
            : `${figure(Number(explanation.ratio.toPrecision(2)))} times the expectation`}
          {explanation.z === null
            ? ''
            : `${explanation.ratio === null ? '' : '; '}z ${figure(rounded(explanation.z))}, alarm from ${figure(rounded(explanation.threshold))}`}
          . Expected by{' '}
          {explanation.because
            .slice(0, SHOWN)
            .map(
              ({ name, weight, forecast }) =>
                `${name} ${figure(forecast === null ? null : short(forecast))} (${figure(Math.round(weight * 100))} %)`,
            )
            .join(', ')}
          .
        </p>
      ) : null}
      {explanation && explanation.segments.length > 0 ? (
        <p className="soft figures">
          By group:{' '}
          <Sentence
            text={`${explanation.segments
              .slice(0, SHOWN)
              .map(
                ({ name, actual, expected, share }) =>
                  `${name} ${figure(short(actual))} instead of ${figure(short(expected))} (${figure(Math.round(share * 100))} %)`,
              )
              .join(', ')}.`}
          />
        </p>
      ) : null}
      {simple ? (
        <p className="soft figures">
          2 sigma:{' '}
          {simple.low === null || simple.high === null
            ? 'still learning'
            : `${figure(short(simple.low))} to ${figure(short(simple.high))}, ${simple.status === 'anomalous' ? 'would have fired' : 'quiet'}`}
          .
        </p>
      ) : null}
    </div>
  );
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A forecast is an estimate: its decimals would say more than is known. */
function short(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : value;
}
