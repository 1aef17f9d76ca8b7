/** The instructions that generated code is made of (WebAssembly Core Specification 3.0, appendix "Index of Instructions"). */

// biome-ignore format: a table
export enum TYPE { i32 = 0x7f, i64 = 0x7e, f64 = 0x7c, v128 = 0x7b, none = 0x40 }

// biome-ignore format: a table
export enum I {
  unreachable = 0x00, block = 0x02, loop = 0x03, if = 0x04, else = 0x05, end = 0x0b, br = 0x0c, brIf = 0x0d, return = 0x0f,
  call = 0x10, drop = 0x1a, select = 0x1b,
  get = 0x20, set = 0x21, tee = 0x22, globalGet = 0x23, globalSet = 0x24,
  i32Load = 0x28, f64Load = 0x2b, i32Store = 0x36, f64Store = 0x39,
  i32Const = 0x41, f64Const = 0x44,
  i32Eqz = 0x45, i32Eq = 0x46, i32Ne = 0x47, i32LtS = 0x48, i32LtU = 0x49, i32GtS = 0x4a, i32GtU = 0x4b, i32LeS = 0x4c, i32GeS = 0x4e, i32GeU = 0x4f,
  f64Eq = 0x61, f64Ne = 0x62, f64Lt = 0x63, f64Gt = 0x64, f64Le = 0x65, f64Ge = 0x66,
  i32Add = 0x6a, i32Sub = 0x6b, i32Mul = 0x6c, i32And = 0x71, i32Or = 0x72, i32Xor = 0x73, i32Shl = 0x74, i32ShrS = 0x75, i32ShrU = 0x76,
  f64Abs = 0x99, f64Neg = 0x9a, f64Ceil = 0x9b, f64Floor = 0x9c, f64Trunc = 0x9d, f64Nearest = 0x9e, f64Sqrt = 0x9f,
  f64Add = 0xa0, f64Sub = 0xa1, f64Mul = 0xa2, f64Div = 0xa3, f64Min = 0xa4, f64Max = 0xa5, f64Copysign = 0xa6,
  i32TruncF64S = 0xaa, f64ConvertI32S = 0xb7, f64ConvertI32U = 0xb8,
}

/** Of f64x2 and of all of a vector, behind the prefix 0xfd. */
// biome-ignore format: a table
export enum V {
  load = 0, load64Splat = 10, store = 11, const = 12, shuffle = 13, f64Splat = 20, f64Extract = 33, f64Replace = 34,
  f64Eq = 71, f64Ne = 72, f64Lt = 73, f64Gt = 74, f64Le = 75, f64Ge = 76,
  not = 77, and = 78, andNot = 79, or = 80, xor = 81, bitselect = 82, anyTrue = 83,
  load64Lane = 87, store64Lane = 91, load64Zero = 93,
  f64Ceil = 116, f64Floor = 117, f64Trunc = 122, i64AllTrue = 195, f64Nearest = 148,
  f64Abs = 236, f64Neg = 237, f64Sqrt = 239, f64Add = 240, f64Sub = 241, f64Mul = 242, f64Div = 243, f64Min = 244, f64Max = 245,
  f64RelaxedMadd = 263, f64RelaxedNmadd = 264,
}
