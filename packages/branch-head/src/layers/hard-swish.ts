import { tf } from '../tf';

/**
 * The activation `hardSwish`, `x · relu6(x + 3) / 6`, of MobileNetV3 (Howard et al. 2019, arXiv 1905.02244), for
 * `activation: 'hardSwish'` of any layer after `registerLayers()`.
 */
export class HardSwish extends tf.serialization.Serializable {
  static readonly className = 'hardSwish';

  /** Element by element. */
  apply(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)));
  }

  getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}
