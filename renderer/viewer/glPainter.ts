import { type ColourMapName, colourMaps } from '../../core/base/colourMap.ts';
import type { BaseImage, Blend, Layer, Plane } from './layer.ts';
import type { Painter, Placement } from './painter.ts';
import type { Scene } from './scene.ts';
import { baseShader, layerShader, vertexShader } from './shaders.ts';

/** Textures of pictures and planes may take so much of the graphics memory. */
const textureBudgetBytes = 256 * 2 ** 20;

interface Texture {
  readonly texture: WebGLTexture;
  readonly byteLength: number;
}

interface Program {
  readonly program: WebGLProgram;
  readonly at: (uniform: string) => WebGLUniformLocation | null;
}

/**
 * Draws every viewer of the page through one WebGL2 context, because a browser keeps only 16 alive: each scene is drawn
 * into the upper left corner of one hidden canvas and copied to its viewer.
 */
export class GlPainter implements Painter {
  readonly kind = 'webgl';
  readonly #gl: WebGL2RenderingContext;
  readonly #canvas: OffscreenCanvas;
  readonly #base: Program;
  readonly #layer: Program;
  readonly #tables: ReadonlyMap<ColourMapName, WebGLTexture>;
  /** In the order of their last use. */
  readonly #textures = new Map<string, Texture>();
  #bytes = 0;

  /** Throws where WebGL2 cannot be had; `onLost` is called when the graphics card is taken away later. */
  constructor(onLost: () => void) {
    this.#canvas = new OffscreenCanvas(1024, 1024);
    this.#canvas.addEventListener('webglcontextlost', onLost);
    const gl = this.#canvas.getContext('webgl2', { alpha: true, antialias: false, premultipliedAlpha: true });
    if (gl === null) throw new Error('WebGL2 is not available');
    this.#gl = gl;
    this.#base = linkedProgram(gl, baseShader);
    this.#layer = linkedProgram(gl, layerShader);
    this.#tables = new Map(
      Object.entries(colourMaps).map(([name, table]) => [name as ColourMapName, tableTexture(gl, table)]),
    );
    gl.bindVertexArray(gl.createVertexArray());
    gl.enable(gl.SCISSOR_TEST);
  }

  /** Whether no graphics card is behind it. */
  get isSoftware(): boolean {
    const gl = this.#gl;
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    const name: unknown = gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    return typeof name === 'string' && /swiftshader|llvmpipe|software|basic render/i.test(name);
  }

  paint(target: CanvasRenderingContext2D, scene: Scene, placement: Placement): void {
    const gl = this.#gl;
    const { width, height } = target.canvas;
    this.#grow(width, height);
    const bottom = this.#canvas.height - height;
    gl.viewport(0, bottom, width, height);
    const left = Math.round(placement.clip.x);
    const right = Math.round(placement.clip.x + placement.clip.width);
    if (right <= left) return;
    gl.scissor(left, bottom, right - left, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.#paintBase(scene, placement);
    for (const layer of scene.layers) {
      if (layer.display.visible) this.#paintLayer(layer, scene.base, placement);
    }
    target.drawImage(this.#canvas, left, 0, right - left, height, left, 0, right - left, height);
  }

  #grow(width: number, height: number): void {
    const canvas = this.#canvas;
    if (canvas.width < width) canvas.width = width;
    if (canvas.height < height) canvas.height = height;
  }

  #paintBase(scene: Scene, placement: Placement): void {
    const gl = this.#gl;
    const { base } = scene;
    this.#use(this.#base, base, placement);
    gl.disable(gl.BLEND);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(
      gl.TEXTURE_2D,
      this.#textureOf(base.key, () => pictureTexture(gl, base)),
    );
    const smooth = placement.scale < 1;
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, smooth ? gl.LINEAR_MIPMAP_LINEAR : gl.NEAREST);
    gl.uniform1i(this.#base.at('picture'), 0);
    gl.uniform1i(this.#base.at('grey'), Number(scene.greyBase));
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  #paintLayer(layer: Layer, base: BaseImage, placement: Placement): void {
    const gl = this.#gl;
    const { display } = layer;
    const table = this.#tables.get(display.colourMap);
    if (table === undefined) return;
    this.#use(this.#layer, base, placement);
    const { at } = this.#layer;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(
      gl.TEXTURE_2D,
      this.#textureOf(layer.key, () => planeTexture(gl, layer.plane)),
    );
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, table);
    gl.uniform1i(at('plane'), 0);
    gl.uniform1i(at('table'), 1);
    gl.uniform2f(at('imageSize'), base.width, base.height);
    gl.uniform2f(at('range'), display.low, display.high);
    gl.uniform1f(at('opacity'), display.opacity);
    gl.uniform1f(at('threshold'), display.threshold);
    gl.uniform1i(at('isSigned'), Number(layer.signed));
    gl.uniform1i(at('byStrength'), Number(display.blend === 'strength'));
    gl.enable(gl.BLEND);
    for (const onlyNonFinite of [false, true]) {
      setBlend(gl, onlyNonFinite ? 'normal' : display.blend);
      gl.uniform1i(at('onlyNonFinite'), Number(onlyNonFinite));
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  #use({ program, at }: Program, base: BaseImage, { x, y, scale }: Placement): void {
    const gl = this.#gl;
    gl.useProgram(program);
    gl.uniform2f(at('origin'), x, y);
    gl.uniform2f(at('extent'), base.width * scale, base.height * scale);
    // gl_FragCoord counts from the bottom of the canvas, and the viewport ends at its top.
    gl.uniform1f(at('canvasHeight'), this.#canvas.height);
  }

  #textureOf(key: string, make: () => Texture): WebGLTexture {
    const known = this.#textures.get(key);
    const texture = known ?? make();
    if (known === undefined) this.#bytes += texture.byteLength;
    this.#textures.delete(key);
    this.#textures.set(key, texture);
    for (const [oldest, { texture: unused, byteLength }] of this.#textures) {
      if (this.#bytes <= textureBudgetBytes || oldest === key) break;
      this.#gl.deleteTexture(unused);
      this.#textures.delete(oldest);
      this.#bytes -= byteLength;
    }
    return texture.texture;
  }
}

/** Premultiplied colours c·a over d: normal c·a + d(1 − a), multiply c·a·d + d(1 − a), screen c·a + d(1 − c·a). */
function setBlend(gl: WebGL2RenderingContext, blend: Blend): void {
  switch (blend) {
    case 'normal':
    case 'strength':
      gl.blendFuncSeparate(gl.ONE, gl.ONE_MINUS_SRC_ALPHA, gl.ZERO, gl.ONE);
      return;
    case 'multiply':
      gl.blendFuncSeparate(gl.DST_COLOR, gl.ONE_MINUS_SRC_ALPHA, gl.ZERO, gl.ONE);
      return;
    case 'screen':
      gl.blendFuncSeparate(gl.ONE, gl.ONE_MINUS_SRC_COLOR, gl.ZERO, gl.ONE);
  }
}

function linkedProgram(gl: WebGL2RenderingContext, fragment: string): Program {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error('WebGL2 has lost its context');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
    throw new Error(`The shaders cannot be linked: ${gl.getProgramInfoLog(program) ?? 'no reason given'}`);
  }
  const known = new Map<string, WebGLUniformLocation | null>();
  const at = (uniform: string): WebGLUniformLocation | null => {
    const location = known.get(uniform) ?? gl.getUniformLocation(program, uniform);
    known.set(uniform, location);
    return location;
  };
  return { program, at };
}

function boundTexture(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

function pictureTexture(gl: WebGL2RenderingContext, { width, height, rgba }: BaseImage): Texture {
  const texture = boundTexture(gl);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  gl.generateMipmap(gl.TEXTURE_2D);
  return { texture, byteLength: Math.round((width * height * 4 * 4) / 3) };
}

function planeTexture(gl: WebGL2RenderingContext, { width, height, values }: Plane): Texture {
  const texture = boundTexture(gl);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, width, height, 0, gl.RED, gl.FLOAT, values);
  return { texture, byteLength: width * height * 4 };
}

function tableTexture(gl: WebGL2RenderingContext, table: Uint8Array): WebGLTexture {
  const texture = boundTexture(gl);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, table);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  return texture;
}
