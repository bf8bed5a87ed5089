/** A file did not arrive: nobody answered, or with a status that says no, or what came is not the file. */
export class Missing extends Error {
  readonly file: string;
  readonly why: 'unreachable' | 'refused' | 'damaged';
  readonly status: number;

  constructor(file: string, why: Missing['why'], status = 0) {
    super(`${file}: ${why}${status > 0 ? `, HTTP ${status}` : ''}`);
    this.file = file;
    this.why = why;
    this.status = status;
  }
}
