/** Bytes that a URL `blob/<sha256>` stands for. */
export type StoredBlob = { readonly mediaType: string } & (
  | { readonly files: readonly string[] }
  | { readonly content: Uint8Array }
);

/** Blobs by hash: files of the workspace, and the last ones of those that are only in memory (previews). */
export class BlobStore {
  /** The same bytes may lie in several runs, each of which may be removed. */
  readonly #files = new Map<string, { readonly mediaType: string; readonly files: Set<string> }>();
  readonly #memory = new Map<string, { readonly mediaType: string; readonly content: Uint8Array }>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes = 256 * 2 ** 20) {
    this.#mostBytes = mostBytes;
  }

  get(sha256: string): StoredBlob | undefined {
    const kept = this.#memory.get(sha256);
    if (kept !== undefined) return kept;
    const found = this.#files.get(sha256);
    return found === undefined ? undefined : { mediaType: found.mediaType, files: [...found.files] };
  }

  addFile(sha256: string, file: string, mediaType: string): void {
    const known = this.#files.get(sha256) ?? { mediaType, files: new Set() };
    known.files.add(file);
    this.#files.set(sha256, known);
  }

  /** Keeps bytes until newer ones need the room. */
  addContent(sha256: string, content: Uint8Array, mediaType: string): void {
    this.#bytes += content.length - (this.#memory.get(sha256)?.content.length ?? 0);
    this.#memory.delete(sha256);
    this.#memory.set(sha256, { content, mediaType });
    for (const [oldest, { content: bytes }] of this.#memory) {
      if (this.#bytes <= this.#mostBytes || this.#memory.size === 1) break;
      this.#memory.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}
