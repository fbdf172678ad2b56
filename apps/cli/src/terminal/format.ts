export { bytes, count, duration, percent, plural, shortMacs, shortNumber } from '@earlyexit/core/format';
