export {
  followTraining,
  type TrainingFollower,
  type TrainingState,
  type TrainingView,
} from './training/training-view';
export { pageTitle, renderPage } from './training/page';
export { type TrainingWatch, watchTraining } from './training/watch-training';
