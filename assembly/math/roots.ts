// cbrt and hypot: musl's (cbrt.c from fdlibm, hypot.c with exact squares) as NativeMath has them, 0.67 and 0.99 ulp.

export function cbrt(x: f64): f64 {
  return NativeMath.cbrt(x);
}

export function hypot(x: f64, y: f64): f64 {
  return NativeMath.hypot(x, y);
}
