import type { BlobStore } from '../blobs.ts';
import type { EngineHost } from '../engine/host.ts';
import type { EventLog } from '../events.ts';
import type { Warn } from './entries.ts';

/** What the parts of a workspace work with. */
export interface Parts {
  /** The workspace's folder. */
  readonly home: string;
  readonly engine: EngineHost;
  readonly blobs: BlobStore;
  readonly events: EventLog;
  readonly warn: Warn;
}
