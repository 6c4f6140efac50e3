import type { DatasetName, Server } from './dataset-name.ts';
import { authority, part } from './dataset-name.ts';

/** `kafka://{first bootstrap server}:{port}`, `{topic}`; port 9092 unless given. */
export function kafka(topic: Server & { readonly topic: string }): DatasetName {
  // A bootstrap list names the whole cluster; the convention is its first server.
  const [first = ''] = topic.host.split(',');
  const [, host = first, port = topic.port] = /^(.+):(\d+)$/.exec(first.trim()) ?? [];
  return {
    namespace: `kafka://${authority('kafka', port === undefined ? { host } : { host, port }, 9092)}`,
    name: part('kafka', 'topic', topic.topic),
  };
}

/** `pubsub`, `topic:{project}:{id}` or `subscription:{project}:{id}`. */
export function pubsub(resource: {
  readonly type: 'topic' | 'subscription';
  readonly project: string;
  readonly id: string;
}): DatasetName {
  const project = part('pubsub', 'project', resource.project);
  return { namespace: 'pubsub', name: `${resource.type}:${project}:${part('pubsub', 'id', resource.id)}` };
}
