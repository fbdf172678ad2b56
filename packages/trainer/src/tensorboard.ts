export { describeSettings } from './tensorboard/describe-settings';
export {
  createTensorBoardWriter,
  type TensorBoardOptions,
  type TensorBoardWriter,
} from './tensorboard/tensorboard-writer';
