// The telephone's sound, off the page's thread: microphone to 8 kHz mu-law frames, mu-law pieces and marks to the ear.
const RATE = 8000, FRAME = 160, TAPS = 24;

function encode(sample) {
  let value = Math.max(-32635, Math.min(32635, Math.round(sample * 32768)));
  const sign = value < 0 ? 0x80 : 0;
  value = Math.abs(value) + 132;
  const exponent = 31 - Math.clz32(value) - 7;
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 15)) & 255;
}

function decode(code) {
  code = ~code & 255;
  const value = (((code & 15) << 3) + 132) << ((code >> 4) & 7);
  return (code & 128 ? 132 - value : value - 132) / 32768;
}

class Telephone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.past = new Float32Array(0);  // microphone samples not used up
    this.at = TAPS * this.step;  // of the next telephone sample, in `past`
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.queue = [];  // {bytes} and {mark}, in order
    this.byte = 0;
    this.phase = 1;
    this.before = this.after = 0;
    this.port.onmessage = ({data}) => {
      if (data.clear) {
        const marks = this.queue.filter(part => part.mark !== undefined).map(part => part.mark);
        this.queue = [];
        this.byte = 0;
        for (const mark of marks) this.port.postMessage({mark});
        this.port.postMessage({cut: true});
      } else this.queue.push(data);
    };
  }

  // One telephone sample: a windowed sinc that lets through what a telephone does.
  lowPassed(samples, at) {
    const reach = TAPS * this.step, cut = Math.min(1, 0.92 / this.step);
    let sum = 0;
    for (let n = Math.ceil(at - reach); n <= at + reach; n++) {
      const x = n - at, y = Math.PI * x * cut;
      const sinc = x === 0 ? 1 : Math.sin(y) / y;
      sum += samples[n] * cut * sinc * (0.5 + 0.5 * Math.cos(Math.PI * x / (reach + 1)));
    }
    return sum;
  }

  hear(input) {
    const samples = new Float32Array(this.past.length + input.length);
    samples.set(this.past);
    samples.set(input, this.past.length);
    const reach = Math.ceil(TAPS * this.step) + 1;
    while (this.at + reach < samples.length) {
      this.frame[this.filled++] = encode(this.lowPassed(samples, this.at));
      this.at += this.step;
      if (this.filled === FRAME) {
        this.port.postMessage({media: this.frame.slice()});
        this.filled = 0;
      }
    }
    const drop = Math.max(0, Math.floor(this.at - reach));
    this.past = samples.slice(drop);
    this.at -= drop;
  }

  next() {
    for (;;) {
      const part = this.queue[0];
      if (!part) return 0;
      if (part.mark !== undefined) {
        this.port.postMessage({mark: part.mark, played: true});
        this.queue.shift();
      } else if (part.caption !== undefined) {
        this.port.postMessage(part);
        this.queue.shift();
      } else if (this.byte < part.bytes.length) return decode(part.bytes[this.byte++]);
      else {
        this.queue.shift();
        this.byte = 0;
      }
    }
  }

  process([input], [output]) {
    if (input[0]) this.hear(input[0]);
    else this.hear(new Float32Array(128));
    for (let n = 0; n < output[0].length; n++) {
      while (this.phase >= 1) {
        this.before = this.after;
        this.after = this.next();
        this.phase -= 1;
      }
      const value = this.before + (this.after - this.before) * this.phase;
      for (const channel of output) channel[n] = value;
      this.phase += 1 / this.step;
    }
    return true;
  }
}

registerProcessor("telephone", Telephone);
