import { Fragment } from 'react';
import { partitionWords, shorten, shortName, visible } from './words.ts';

interface TextProps {
  readonly text: string;
}

/**
 * A name from outside. Isolated, so that right-to-left characters in it cannot turn the text around it;
 * shortened in the middle when it is very long, with the whole on hover.
 */
export function Name({ text }: TextProps) {
  if (text.trim() === '') return <span className="soft">(blank)</span>;
  return <Isolated className="name" whole={text} short={shortName(text)} />;
}

/** A partition key, in the same way. */
export function Partition({ text }: TextProps) {
  if (text === '') return <span className="soft">{partitionWords(text)}</span>;
  return <Isolated className="name figures" whole={text} short={partitionWords(text)} />;
}

/** A sentence of ours that carries names from outside. */
export function Sentence({ text }: TextProps) {
  const shown = visible(text);
  const short = shorten(shown, 320, 60);
  return (
    <bdi className="sentence" title={short === shown ? undefined : shown}>
      {short}
    </bdi>
  );
}

interface IsolatedProps {
  readonly className: string;
  readonly whole: string;
  readonly short: string;
}

/** A part as long as a date is not broken at its hyphens. */
const UNBROKEN = 12;

/** Breaks, where it must, after the signs that join names. */
function Isolated({ className, whole, short }: IsolatedProps) {
  return (
    <bdi className={className} title={short === whole ? undefined : visible(whole)}>
      {short.split(/(?<=[./_=:@])(?=[^./_=:@])/).map((part, index) => (
        <Fragment key={index}>
          {index > 0 ? <wbr /> : null}
          {part.length <= UNBROKEN ? <span className="unbroken">{part}</span> : part}
        </Fragment>
      ))}
    </bdi>
  );
}
