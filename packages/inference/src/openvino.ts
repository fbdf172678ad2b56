export { loadOpenvino, type OpenvinoOptions } from './openvino/load-openvino';
