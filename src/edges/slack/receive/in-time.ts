/** Slack allows 3 s. What takes longer is acknowledged and answered when it is done. */
const ACK_MILLISECONDS = 2_000;

/** Null when it is not there in time: unless said, before Slack wants its acknowledgement. */
export function inTime<T>(answering: Promise<T>, milliseconds = ACK_MILLISECONDS): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  return Promise.race([answering, late]).finally(() => clearTimeout(timer));
}
