/** Places as flat shapes that always face the camera: spheres, squares, marks, with glow, pulse and decay. */
export const BODY = {
  vertexSource: `
precision highp float;
attribute vec3 position;
attribute vec4 world0; attribute vec4 world1; attribute vec4 world2; attribute vec4 world3;
uniform mat4 camera; uniform vec3 right; uniform vec3 up; uniform float flatness;
varying vec2 at; varying vec4 tone; varying vec4 life; varying vec4 mood;
void main() {
  float grown = world2.z;
  vec3 center = vec3(world0.x, world0.y * flatness, world0.z);
  at = position.xy * 2.4; tone = world1; life = world2; mood = world3;
  vec3 point = center + (right * position.x + up * position.y) * world0.w * 2.4 * max(grown, 0.001);
  gl_Position = camera * vec4(point, 1.0);
}`,
  fragmentSource: `
precision highp float;
varying vec2 at; varying vec4 tone; varying vec4 life; varying vec4 mood;
uniform vec3 gold; uniform vec3 ink; uniform vec3 ground; uniform float shine;
float chance(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }
float ring(float d, float r, float w, float soft) { return 1.0 - smoothstep(w, w + soft, abs(d - r)); }
float square(vec2 p) { vec2 q = abs(p) - vec2(0.55); return 0.7 + length(max(q, 0.0)) + min(max(q.x, q.y), 0.0); }
void over(inout vec4 under, vec3 color, float alpha) { under = vec4(color * alpha, alpha) + under * (1.0 - alpha); }
void main() {
  float fallen = 1.0 - mood.z;
  vec2 p = at;
  if (fallen > 0.001) {
    vec2 cell = floor(at * 5.0);
    float shard = chance(cell + mood.w);
    p = at - normalize(cell + 0.5) * fallen * (0.25 + shard * 0.9);
    if (shard < fallen * 1.05) p = vec2(9.0);
  }
  float style = floor(tone.a + 0.5);
  float form = floor(style / 10.0);
  style -= form * 10.0;
  float d = form > 0.5 && form < 1.5 ? square(p) : length(p);
  float soft = fwidth(length(at)) * 1.2 + 0.005;
  vec3 color = tone.rgb;
  float core = 1.0 - smoothstep(1.0 - soft, 1.0, d);
  float dim = mood.y;
  vec4 result = vec4(0.0);
  float lit = life.w;
  float halo = exp(-max(d - 0.9, 0.0) * 2.6) * (1.0 - smoothstep(1.7, 2.4, length(at)));
  float glow = halo * (0.16 + 0.34 * mod(mood.x, 2.0) + 0.45 * lit) * (1.0 - dim) * step(style, 0.5);
  result += vec4(color * glow, glow * mix(1.0, 0.25, shine));
  float cost = life.y;
  if (cost > 0.004) {
    float warm = halo * cost * 0.5;
    result += vec4(gold * warm, warm * mix(1.0, 0.25, shine));
  }
  if (form > 2.5) {
    over(result, color, ring(length(p), 0.72, 0.05, soft) * 0.9);
    over(result, color, ring(length(p), 0.4, 0.03, soft) * 0.5);
    over(result, color, (1.0 - smoothstep(0.16, 0.16 + soft, length(p))));
  } else if (form > 1.5) {
    over(result, ground, 1.0 - smoothstep(1.0, 1.0 + soft, d));
    over(result, color, ring(d, 0.92, 0.06, soft));
    over(result, color, 1.0 - smoothstep(0.3, 0.3 + soft, length(p - vec2(0.0, 0.3))));
    over(result, color, (1.0 - smoothstep(0.5, 0.5 + soft, length((p - vec2(0.0, -0.55)) * vec2(1.0, 1.15)))) * core);
  } else if (style < 0.5 || style > 1.5 && style < 2.5) {
    vec3 normal = vec3(p, sqrt(max(0.0, 1.0 - dot(p, p))));
    float day = form > 0.5 ? 0.75 : clamp(dot(normal, normalize(vec3(-0.45, 0.7, 0.65))), 0.0, 1.0);
    float rim = form > 0.5 ? 0.0 : pow(1.0 - normal.z, 2.5);
    vec3 shaded = mix(color * mix(0.72, 0.5, shine), mix(color, vec3(1.0), mix(0.3, 0.08, shine)), day) + rim * color * 0.35 * shine;
    shaded += (form > 0.5 ? 0.0 : pow(day, 22.0) * 0.45) + lit * 0.22;
    over(result, shaded, core);
    if (style > 1.5) {
      float bars = step(0.12, abs(p.x)) * step(abs(p.x), 0.38) * step(abs(p.y), 0.45);
      over(result, ground, bars * core);
    }
  } else {
    float spokes = style > 3.5 ? smoothstep(-0.15, 0.15, sin(atan(p.y, p.x) * 7.0)) : 1.0;
    over(result, color, core * 0.13);
    over(result, color, ring(d, 0.88, 0.09, soft) * spokes);
    if (style > 2.5 && style < 3.5) {
      vec2 q = abs(vec2(p.x + p.y, p.x - p.y)) * 0.7071;
      float cross = (1.0 - smoothstep(0.1, 0.1 + soft, min(q.x, q.y))) * step(max(q.x, q.y), 0.5);
      over(result, color, cross);
    }
  }
  if (cost > 0.004) {
    float turn = fract(atan(-p.x, -p.y) / 6.28318 + 0.5);
    over(result, gold, ring(length(p), 1.22, 0.045, soft) * step(turn, cost) * 0.95);
  }
  float beat = life.x;
  if (beat > 0.0 && beat < 1.0) {
    float wave = ring(length(at), 1.0 + beat * 1.1, 0.03 + 0.05 * (1.0 - beat), soft * 2.0) * (1.0 - beat) * (1.0 - beat) * 0.8;
    over(result, color, wave * (1.0 - dim));
    result += vec4(vec3(0.16), 0.0) * core * pow(1.0 - beat, 4.0);
  }
  result *= mix(1.0, 0.2, dim);
  float marked = floor(mood.x * 0.5);
  if (marked > 0.5) over(result, ink, ring(length(at), 1.5, marked > 1.5 ? 0.06 : 0.025, soft));
  gl_FragColor = result;
}`,
};

/** A message on its way: a bow from place to place with a head that travels and a tail behind it. */
export const ARC = {
  vertexSource: `
precision highp float;
attribute vec3 position;
attribute vec4 world0; attribute vec4 world1; attribute vec4 world2; attribute vec4 world3;
uniform mat4 camera; uniform float flatness; uniform vec2 pixel;
varying vec2 at; varying vec4 tone; varying vec2 way;
vec3 bow(vec3 a, vec3 m, vec3 b, float t) { return mix(mix(a, m, t), mix(m, b, t), t); }
void main() {
  vec3 a = vec3(world0.x, world0.y * flatness, world0.z);
  vec3 b = vec3(world1.x, world1.y * flatness, world1.z);
  vec3 along = b - a;
  vec3 side = vec3(-along.z, 0.0, along.x);
  vec3 m = (a + b) * 0.5 + vec3(0.0, world3.x * flatness, 0.0) + side * mix(0.16, 0.05, flatness);
  float t = position.x;
  vec4 here = camera * vec4(bow(a, m, b, t), 1.0);
  vec4 next = camera * vec4(bow(a, m, b, t + 0.02), 1.0);
  vec2 line = (next.xy / next.w - here.xy / here.w) / pixel;
  vec2 across = normalize(vec2(-line.y, line.x) + vec2(1e-6, 0.0));
  here.xy += across * pixel * position.y * world2.w * here.w;
  gl_Position = here;
  at = vec2(t, position.y); tone = vec4(world2.rgb, world0.w); way = vec2(world1.w, world3.y);
}`,
  fragmentSource: `
precision highp float;
varying vec2 at; varying vec4 tone; varying vec2 way;
uniform float shine;
void main() {
  float progress = tone.a;
  float head = progress * 1.45;
  float edge = 1.0 - at.y * at.y;
  float tail = at.x > head ? 0.0 : pow(clamp(1.0 - (head - at.x) / 0.42, 0.0, 1.0), 1.7);
  float spark = exp(-pow((at.x - head) * 26.0, 2.0));
  float fade = smoothstep(0.0, 0.12, progress) * (1.0 - smoothstep(0.72, 1.0, progress));
  float path = 0.2 * fade;
  float moving = (tail * 0.9 + spark) * (1.0 - smoothstep(0.9, 1.0, progress)) + path;
  float still = fade * 0.75;
  float alpha = clamp(mix(moving, still, way.y), 0.0, 1.0) * edge * way.x * mix(0.8, 1.0, shine);
  vec3 color = tone.rgb + spark * 0.35 * shine;
  gl_FragColor = vec4(color * alpha, alpha * mix(1.0, 0.6, shine));
}`,
};

/** Rings, discs and parts of rings on the floor. */
export const BAND = {
  vertexSource: `
precision highp float;
attribute vec3 position;
attribute vec4 world0; attribute vec4 world1; attribute vec4 world2; attribute vec4 world3;
uniform mat4 camera;
varying vec2 at; varying vec4 tone; varying vec4 shape;
void main() {
  float angle = mix(world2.x, world2.y, position.x);
  float radius = mix(world0.z, world0.w, position.y);
  vec3 point = vec3(world0.x + cos(angle) * radius, 0.0, world0.y + sin(angle) * radius);
  gl_Position = camera * vec4(point, 1.0);
  at = position.xy; tone = world1; shape = world3;
}`,
  fragmentSource: `
precision highp float;
varying vec2 at; varying vec4 tone; varying vec4 shape;
void main() {
  float fill = mix(1.0, pow(at.y, 2.2), shape.x);
  float alpha = tone.a * fill;
  if (shape.y > 0.5) alpha *= smoothstep(0.45, 0.55, abs(fract(at.x * shape.y) * 2.0 - 1.0));
  if (shape.z > 0.5) {
    float pixel = fwidth(at.y) + 0.0001;
    float width = max(0.07, pixel * 0.5);
    alpha *= (1.0 - smoothstep(width, width + pixel, abs(at.y - 0.5))) * min(1.0, 0.14 / pixel + 0.45);
  }
  gl_FragColor = vec4(tone.rgb * alpha, alpha);
}`,
};
