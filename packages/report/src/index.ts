export { encodeExamples, type ExampleImages, type ExampleSource } from './encode-examples';
export { renderReport } from './render-report';
