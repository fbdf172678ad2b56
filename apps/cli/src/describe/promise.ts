export { describeMeasuredPromise, describeRisk } from '@earlyexit/evaluation';
