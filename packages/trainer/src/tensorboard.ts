export {
  createTensorBoardWriter,
  type TensorBoardOptions,
  type TensorBoardWriter,
} from './tensorboard/tensorboard-writer';
