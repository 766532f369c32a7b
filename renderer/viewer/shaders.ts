/** A rectangle over the whole viewport, from no buffer at all. */
export const vertexShader = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Common to both passes: where in the image this fragment lies, as shares of it; outside nothing is drawn. */
const place = `#version 300 es
precision highp float;
uniform vec2 origin;   // upper left corner of the image, in fragments from the upper left of the canvas
uniform vec2 extent;   // size of the image, in fragments
uniform float canvasHeight;
out vec4 colour;

vec2 imagePlace() {
  vec2 fragment = vec2(gl_FragCoord.x, canvasHeight - gl_FragCoord.y);
  vec2 place = (fragment - origin) / extent;
  if (any(lessThan(place, vec2(0.0))) || any(greaterThanEqual(place, vec2(1.0)))) discard;
  return place;
}
`;

export const baseShader = `${place}
uniform sampler2D picture;
uniform bool grey;

void main() {
  vec3 rgb = texture(picture, imagePlace()).rgb;
  if (grey) rgb = vec3(dot(rgb, vec3(0.299, 0.587, 0.114)));
  colour = vec4(rgb, 1.0);
}`;

/**
 * One overlay; composite.ts says the same for whole pictures, a test compares the two. The colours come out multiplied by
 * their opacity, and the blend function of the context does the rest.
 */
export const layerShader = `${place}
uniform highp sampler2D plane;
uniform sampler2D table;
uniform vec2 range;
uniform float opacity;
uniform float threshold;
uniform bool isSigned;
uniform bool byStrength;
uniform bool onlyNonFinite;
uniform vec2 imageSize;

void main() {
  vec2 place = imagePlace();
  ivec2 size = textureSize(plane, 0);
  ivec2 pixel = ivec2(floor(place * imageSize));
  ivec2 element = min(size - 1, ivec2(floor((vec2(pixel) + 0.5) * vec2(size) / imageSize)));
  float value = texelFetch(plane, element, 0).r;
  // False for NaN and both infinities, however a driver treats isnan.
  bool finite = abs(value) <= 3.4028235e38;
  if (onlyNonFinite) {
    if (finite) discard;
    bool light = ((pixel.x / 2 + pixel.y / 2) & 1) == 0;
    colour = vec4(light ? vec3(1.0, 0.0, 1.0) : vec3(0.0), 1.0);
    return;
  }
  if (!finite || abs(value) < threshold) discard;
  float at = range.y == range.x
    ? (range.x == 0.0 && value == 0.0 ? 0.5 : (value > range.x ? 1.0 : 0.0))
    : clamp((value - range.x) / (range.y - range.x), 0.0, 1.0);
  float alpha = opacity;
  if (byStrength) {
    alpha *= sqrt(isSigned ? abs(at - 0.5) * 2.0 : at);
    if (isSigned) at = at < 0.5 ? at / 2.0 : 0.5 + at / 2.0;
  }
  vec3 rgb = texelFetch(table, ivec2(int(floor(at * 255.0 + 0.5)), 0), 0).rgb;
  colour = vec4(rgb * alpha, alpha);
}`;
