/** What a page says of a head. */
export interface HeadPage {
  readonly name: string;
  /** What it is, in three sentences. */
  readonly idea: string;
  /** From the features to the logits. */
  readonly layers: readonly string[];
  /** Where it comes from. */
  readonly source: string;
  /** What to look out for. */
  readonly care: string;
}

/** One page each, in alphabetical order. */
export const headPages: readonly HeadPage[] = [
  {
    name: 'avgpool-dense',
    idea: 'Neighbouring places of a feature map say much the same, so that their average loses little. The pooling makes the map nine times smaller, and the dense layer with it. Nothing but that dense layer is learned.',
    layers: ['average pooling 3×3', 'dense'],
    source: 'The CIFAR networks of the early-exit example in Distiller (IntelLabs).',
    care: 'What is left still grows with the size of the image: on large maps the dense layer is the larger part of the cost. The window is the option `poolSize`.',
  },
  {
    name: 'bottleneck',
    idea: 'An early exit can learn from the last one not only what it answers but what it sees, if both see through features of the same number. Each block halves the map and doubles the channels until there are as many as the final classifier reads. Its convolutions are separable, so that this stays cheap.',
    layers: [
      'depthwise convolution 3×3, stride 2',
      'convolution 1×1',
      'normalisation',
      'ReLU',
      '… until the channels are those of the final features',
      'global average pooling',
      'dense',
    ],
    source: 'The shallow classifiers of Be Your Own Teacher (Zhang et al., 2019).',
    care: 'Made for the regime `be-your-own-teacher`, whose hints need it. `features` sets another width.',
  },
  {
    name: 'branchynet',
    idea: 'A branch is a small network of its own, with convolutions that make features for its exit alone. Early layers need not serve two masters then. It costs more than pooling, and all of it is paid by whoever does not leave.',
    layers: ['max pooling 2×2', 'ReLU', 'convolution 3×3', 'max pooling 2×2', 'ReLU', 'dense'],
    source:
      'BranchyNet (Teerapittayanon, McDanel and Kung, 2016), as the released code has it, which differs from the paper’s text.',
    care: 'How many convolutions, and how wide, is up to `convolutions`; B-AlexNet and B-ResNet-110 have other ones than B-LeNet. Published times leave the branches out; here every branch on the way is counted.',
  },
  {
    name: 'conv-dense',
    idea: 'One convolution looks at the features afresh, and a stride of 2 keeps the map small. A ReLU follows, and a dense layer reads the rest. It is the smallest head that learns features of its own.',
    layers: ['convolution 3×3, stride 2', 'ReLU', 'dense'],
    source:
      'The documentation of the early-exit example in Distiller describes such an exit without sizes; those here are ours.',
    care: 'Filters, kernel and stride are options. With as many filters as the features have channels, it costs about a quarter of a 3×3 layer of the backbone there, and a dense layer.',
  },
  {
    name: 'conv-pool-dense',
    idea: 'Large images leave large feature maps, which have to become small before a dense layer can read them. A wide kernel and two strides do that in two layers. Few filters keep it cheap.',
    layers: ['convolution 7×7, stride 2', 'max pooling 3×3, stride 2', 'dense'],
    source: 'The ResNet-50 for ImageNet of the early-exit example in Distiller.',
    care: 'Ten filters unless `filters` says otherwise, which is little for a thousand classes: the original shows a mechanism and not the best accuracy.',
  },
  {
    name: 'linear',
    idea: 'Where the features are good, a line between the classes is enough. So the features go into a dense layer as they are. The exit is as cheap as it is short-sighted.',
    layers: ['dense'],
    source: 'Conditional Deep Learning (Panda, Sengupta and Roy, 2016).',
    care: 'On a feature map every pixel of every channel has a weight for each class: early in a network those are many. Its boundary is what [Why it works](/live/why-it-works) draws dashed.',
  },
  {
    name: 'mixed-pool',
    idea: 'Max pooling keeps the strongest response, average pooling the usual one, and which of them matters the head can learn. One weight mixes the two, and the window is chosen so that about 4×4 places are left. The dense layer is then the same size at every exit, but for the channels.',
    layers: ['mixture of max and average pooling to about 4×4', 'dense'],
    source: 'The internal classifier of Shallow-Deep Networks (Kaya, Hong and Dumitras, 2019).',
    care: 'It learns one number besides the dense layer, and costs next to nothing. Where the map is smaller than 8×8 there is nothing to pool.',
  },
  {
    name: 'msdnet',
    idea: 'Two strided convolutions turn early features, which know edges and textures, into features that know classes. Normalisation keeps their training steady beside the backbone’s. The average over what is left is read by a dense layer.',
    layers: [
      'convolution 3×3, stride 2',
      'normalisation',
      'ReLU',
      'convolution 3×3, stride 2',
      'normalisation',
      'ReLU',
      'global average pooling',
      'dense',
    ],
    source:
      'The classifier of Multi-Scale DenseNet (Huang et al., 2018), whose networks for CIFAR have 128 filters in both convolutions.',
    care: 'Unless `filters` is given it grows with the features, so that it costs the same at every stage of a residual network. The original pools 2×2; here the whole map is pooled, which on CIFAR is the same.',
  },
  {
    name: 'pooled',
    idea: 'How strongly each channel responds anywhere is what the final layer of most networks reads. The same works for an exit in between. Every channel becomes one number, whatever the size of the image.',
    layers: ['global average pooling', 'dense'],
    source: 'The end of every residual network, put in the middle.',
    care: 'It is the cheapest head, and the one that asks most of the features: they have to tell the classes apart on average. It suits late exits and networks that are trained jointly.',
  },
  {
    name: 'residual',
    idea: 'One more block of the kind that the backbone is made of lets the exit go on where the backbone turns away. The shortcut means that the block can only add to what is there. A dense layer reads the sum.',
    layers: ['residual block: two convolutions 3×3', 'ReLU', 'dense'],
    source:
      'The second branch of B-ResNet-110 in the code of BranchyNet (Teerapittayanon, McDanel and Kung, 2016).',
    care: 'It keeps the size of the map, so that the dense layer reads all of it. It costs a whole block, which every sample pays that does not leave.',
  },
];
