import { partitionWords, shorten, shortName } from './words.ts';

/**
 * A name from outside. Isolated, so that right-to-left characters in it cannot turn the text around it;
 * shortened in the middle when it is very long, with the whole on hover.
 */
export function Name({ text }: { readonly text: string }) {
  if (text === '') return <span className="soft">(no name)</span>;
  const short = shortName(text);
  return (
    <bdi className="name" title={short === text ? undefined : text}>
      {short}
    </bdi>
  );
}

/** A partition key, in the same way. */
export function Partition({ text }: { readonly text: string }) {
  const short = partitionWords(text);
  return (
    <bdi
      className={text === '' ? 'soft' : 'name figures'}
      title={short === text || text === '' ? undefined : text}
    >
      {short}
    </bdi>
  );
}

/** A sentence of ours that carries names from outside. */
export function Sentence({ text }: { readonly text: string }) {
  const short = shorten(text, 320, 60);
  return (
    <bdi className="name" title={short === text ? undefined : text}>
      {short}
    </bdi>
  );
}
