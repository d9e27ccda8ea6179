/** When the people of a team work, in their own time zone. */
export interface WorkingHours {
  /** IANA, e.g. `Europe/Stockholm`. */
  timezone: string;
  /** 1 is Monday, 7 is Sunday. */
  days: readonly number[];
  /** Minutes since midnight; work is from `from` until just before `to`. */
  from: number;
  to: number;
}

const DAY_MINUTES = 1_440;

/**
 * The first moment from `at` on that lies in working hours, to the minute; `at` itself where it does.
 *
 * @example
 * nextWorkingMoment(fridayEvening, hours); // Monday 09:00 there
 */
export function nextWorkingMoment(at: Date, hours: WorkingHours): Date {
  let moment = at;
  // A day is left a step; a change of the clocks may leave an hour over, so each step looks at the wall clock anew.
  for (let step = 0; step < 24; step += 1) {
    const { day, minute } = wallClock(moment, hours.timezone);
    const works = hours.days.includes(day);
    if (works && minute >= hours.from && minute < hours.to) return moment;
    const ahead = works && minute < hours.from ? hours.from - minute : DAY_MINUTES - minute;
    moment = new Date(Math.floor(moment.getTime() / 60_000) * 60_000 + ahead * 60_000);
  }
  return at;
}

/**
 * The moment when so many minutes of working hours have passed since `at`; `latest` where that would be later still.
 *
 * @example
 * addWorkingMinutes(new Date('2026-11-20T16:50:00Z'), 60, hours, latest); // Friday 17:50 there: Monday 08:50
 */
export function addWorkingMinutes(at: Date, minutes: number, hours: WorkingHours, latest: Date): Date {
  let [moment, left] = [nextWorkingMoment(at, hours), minutes];
  while (moment < latest) {
    const today = hours.to - wallClock(moment, hours.timezone).minute;
    const end = new Date(moment.getTime() + Math.min(left, today) * 60_000);
    // What ends just as work does ends today.
    if (left <= today) return end < latest ? end : latest;
    left -= today;
    moment = nextWorkingMoment(end, hours);
  }
  return latest;
}

/** Whether the wall clock there stands in the hours people sleep: from 22:00 until 06:00. */
export function isNight(at: Date, timezone: string): boolean {
  const { minute } = wallClock(at, timezone);
  return minute >= 22 * 60 || minute < 6 * 60;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function wallClock(at: Date, timezone: string): { day: number; minute: number } {
  const parts = new Map(
    formatFor(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    day: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** Kept, since making a format takes longer than all else here. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  return format;
}
