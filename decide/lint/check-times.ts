import { DateTime, IANAZone } from 'luxon'
import { type Draft, type Finding, finding } from './finding.ts'

/** Zones and dates that do not exist. */
export function checkTimes({ document, locations, users }: Draft): Finding[] {
  const zones: [string, string | undefined][] = [
    ['/timeZone', document.timeZone],
    ...locations.map(({ timeZone }, i): [string, string] => [`/locations/${i}/timeZone`, timeZone]),
  ]
  const dates = [
    ...(document.calendars ?? []).flatMap(({ holidays = [] }, c) =>
      holidays.map(({ date }, i) => ({ path: `/calendars/${c}/holidays/${i}/date`, date })),
    ),
    ...(document.locationSettings ?? []).flatMap(({ opensAt }, i) =>
      opensAt === undefined ? [] : [{ path: `/locationSettings/${i}/opensAt`, date: opensAt }],
    ),
    ...users.flatMap(({ leave }, u) =>
      leave.flatMap(({ from, to }, i) => [
        { path: `/users/${u}/leave/${i}/from`, date: from },
        { path: `/users/${u}/leave/${i}/to`, date: to },
      ]),
    ),
  ]
  return [
    ...zones
      .filter(([, zone]) => zone !== undefined && !IANAZone.isValidZone(zone))
      .map(([path, zone]) =>
        finding('BAD_TIME_ZONE', path, `${zone} is no time zone`, 'use an IANA name such as America/New_York'),
      ),
    ...dates
      .filter(({ date }) => !DateTime.fromISO(date).isValid)
      .map(({ path, date }) => finding('BAD_DATE', path, `${date} is not in the calendar`, 'correct the date')),
    ...users.flatMap(({ leave }, u) =>
      leave.flatMap(({ from, to }, i) =>
        from > to
          ? [finding('BAD_DATE', `/users/${u}/leave/${i}`, `it ends on ${to}, before it begins`, 'swap the two dates')]
          : [],
      ),
    ),
  ]
}
