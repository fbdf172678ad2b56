export { percentInterval, pointsBelow, pointsInterval, ratioInterval } from '@earlyexit/core/format';
export { describeExpected } from '@earlyexit/evaluation';
