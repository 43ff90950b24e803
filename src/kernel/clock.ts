/** The time, handed in so that tests can set it. Always UTC. */
export type Clock = () => Date;

/** `seconds` after a time. */
export const after = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
