export {
  followTraining,
  type TrainingFollower,
  type TrainingState,
  type TrainingView,
} from './training/training-view';
export { pageTitle, renderPage } from './training/page';
export { type ServedTraining, serveTraining } from './training/serve-training';
