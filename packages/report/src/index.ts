export { encodeExamples, type ExampleImages, type ExampleSource } from './encode-examples';
export { drawFrontier, type FrontierLine, type FrontierMark, type FrontierPicture } from './plots/frontier';
export { renderReport } from './render-report';
