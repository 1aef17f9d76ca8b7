/** Lines of a stream, as bytes: a line can be longer than the longest string (512 MiB), up to the largest buffer (4 GiB in Node 20). */
import { constants } from 'node:buffer';

export interface Line {
  readonly bytes: Buffer;
  /** The stream ended before the line did. */
  readonly cut?: boolean;
  /** How long the line was, if that is more than `most`; its bytes are its first ones, then. */
  readonly tooLong?: number;
}

const NEWLINE = 10;
const BEGINNING = 1024;

/**
 * @param most bytes a line may have; of a longer one the rest is skipped
 */
export async function* lines(stream: AsyncIterable<Buffer>, most: number = constants.MAX_LENGTH): AsyncGenerator<Line> {
  let chunks: Buffer[] = [];
  let length = 0;
  const add = (chunk: Buffer): void => {
    if (length <= most && length + chunk.length > most)
      chunks = [Buffer.concat([...chunks.slice(0, 2), chunk.subarray(0, BEGINNING)]).subarray(0, BEGINNING)];
    length += chunk.length;
    if (length <= most && chunk.length > 0) chunks.push(chunk);
  };
  const take = (): Line => {
    const line =
      length > most
        ? { bytes: chunks[0]!, tooLong: length }
        : { bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length) };
    chunks = [];
    length = 0;
    return line;
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      yield take();
    }
    add(chunk.subarray(from));
  }
  if (length > 0) yield { ...take(), cut: true };
}
