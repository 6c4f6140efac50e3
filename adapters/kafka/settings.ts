export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  /** Never logged. */
  readonly password: string;
}

/** Paths of PEM files; without `ca` the certificate authorities of Node are trusted. */
export interface SslSettings {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

/** How to reach a Kafka cluster and what to read there. */
export interface KafkaSettings {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly groupId: string;
  /** Where a group that never read a topic begins: at its first message, or with what comes from now on. */
  readonly fromBeginning: boolean;
  /** Null: without encryption. */
  readonly ssl: SslSettings | null;
  readonly sasl: SaslSettings | null;
}
