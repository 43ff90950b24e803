const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The last moment of a day in the reader's own time, ISO 8601; null for what is no day. @param day `YYYY-MM-DD` */
export function lastMomentOf(day: string): string | null {
  const [, year, month, date] = DAY.exec(day)?.map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return null;
  const end = new Date(year, month - 1, date, 23, 59, 59, 999);
  // The 31st of a shorter month would be a day of the next.
  return end.getMonth() === month - 1 && end.getDate() === date ? end.toISOString() : null;
}

/** The day in which a moment lies, in the reader's own time: `YYYY-MM-DD`. */
export function dayOfMoment(moment: string): string {
  const date = new Date(moment);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
