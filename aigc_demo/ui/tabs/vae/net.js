// Small networks in the browser: tensors out of a safetensors file, and linear layers with ReLU between them.
(() => {
  // 65,536 half precision numbers as what they are
  let halves = null;
  const table = () => {
    if (halves) return halves;
    halves = new Float32Array(65536);
    for (let bits = 0; bits < 65536; bits++) {
      const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, rest = bits & 1023;
      if (exponent === 31) halves[bits] = rest ? NaN : sign * Infinity;
      else halves[bits] = exponent ? sign * 2 ** (exponent - 15) * (1 + rest / 1024) : sign * 2 ** -14 * (rest / 1024);
    }
    return halves;
  };

  const READ = {
    F16: (bytes) => Float32Array.from(new Uint16Array(bytes), (bits) => table()[bits]),
    F32: (bytes) => new Float32Array(bytes),
    U8: (bytes) => new Uint8Array(bytes),
  };

  // 8 bytes of header length, the header as JSON, then the numbers -> {name: {shape, data}}
  luoxia.tensors = (buffer) => {
    const length = Number(new DataView(buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    const found = {};
    for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(header)) {
      if (READ[dtype]) found[name] = { shape, data: READ[dtype](buffer.slice(8 + length + from, 8 + length + to)) };
    }
    return found;
  };

  // The layers "<name>.<i>.weight" (out, in) and "<name>.<i>.bias" -> a function from numbers to shares of ink.
  // Weights are turned, so that what ReLU has set to zero costs nothing.
  luoxia.decoder = (tensors, name) => {
    const layers = [];
    for (let i = 0; tensors[`${name}.${i}.weight`]; i++) {
      const { data, shape: [outs, ins] } = tensors[`${name}.${i}.weight`];
      const weight = new Float32Array(data.length);
      for (let o = 0; o < outs; o++) for (let j = 0; j < ins; j++) weight[j * outs + o] = data[o * ins + j];
      layers.push({ weight, bias: tensors[`${name}.${i}.bias`].data, ins, outs });
    }
    const decode = (input) => {
      let x = input;
      layers.forEach(({ weight, bias, ins, outs }, place) => {
        const y = Float32Array.from(bias);
        for (let j = 0; j < ins; j++) {
          const value = x[j], row = j * outs;
          if (value) { for (let o = 0; o < outs; o++) y[o] += value * weight[row + o]; }
        }
        if (place + 1 < layers.length) { for (let o = 0; o < outs; o++) y[o] = y[o] > 0 ? y[o] : 0; }
        else for (let o = 0; o < outs; o++) y[o] = 1 / (1 + Math.exp(-y[o]));
        x = y;
      });
      return x;
    };
    decode.ins = layers.length ? layers[0].ins : 0;
    decode.parameters = layers.reduce((sum, layer) => sum + layer.weight.length + layer.bias.length, 0);
    return decode;
  };

  // Shares of ink (one number a pixel) on a canvas of that many pixels.
  luoxia.ink = (canvas, shares, colours) => {
    const grey = new Uint8ClampedArray(4 * shares.length);
    for (let i = 0; i < shares.length; i++) grey[4 * i] = 255 * shares[i];
    luoxia.paint(canvas, grey, colours);
  };
})();
