import { authorization } from './key.ts';

/** Hands the reader a file that was made on the page. */
export function saveFile(name: string, content: string | Blob): void {
  const blob =
    typeof content === 'string' ? new Blob([content], { type: 'text/csv;charset=utf-8' }) : content;
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Hands the reader what a path of the API gives as CSV; by fetch, which can carry the key. */
export async function saveAnswer(name: string, path: string): Promise<void> {
  const response = await fetch(path, { headers: { accept: 'text/csv', ...authorization() } });
  if (!response.ok) throw new Error(`The file could not be made: the collector answered ${response.status}.`);
  saveFile(name, await response.blob());
}
