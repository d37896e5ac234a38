// Dot products of four bytes with four, both signed or both not: by the device's instruction (USES_DOT), or in float,
// exact as long as no sum exceeds 2^24, which 1024 products of signed bytes cannot, nor 258 of others.
#if USES_DOT
#extension GL_EXT_spirv_intrinsics : require

// OpSDot and OpUDot of SPV_KHR_integer_dot_product; the last operand is PackedVectorFormat4x8Bit.
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4450)
int packed_dot(int a, int b, spirv_literal int format);
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4451)
uint packed_unsigned_dot(uint a, uint b, spirv_literal int format);

#define Partial int
#define Operand uvec4

Operand operand(uvec4 bytes) { return bytes; }

// 16 products added to `sum`.
int multiply_add(Operand a, Operand b, int sum) {
    sum += packed_dot(int(a.x), int(b.x), 0);
    sum += packed_dot(int(a.y), int(b.y), 0);
    sum += packed_dot(int(a.z), int(b.z), 0);
    sum += packed_dot(int(a.w), int(b.w), 0);
    return sum;
}

// 16 products of unsigned bytes.
uint unsigned_dot(uvec4 a, uvec4 b) {
    return packed_unsigned_dot(a.x, b.x, 0) + packed_unsigned_dot(a.y, b.y, 0) + packed_unsigned_dot(a.z, b.z, 0) +
           packed_unsigned_dot(a.w, b.w, 0);
}
#else
#define Partial float
#define Operand mat4

vec4 unpacked(uint word) { return vec4(bitfieldExtract(ivec4(int(word)) >> ivec4(0, 8, 16, 24), 0, 8)); }

Operand operand(uvec4 bytes) {
    return mat4(unpacked(bytes.x), unpacked(bytes.y), unpacked(bytes.z), unpacked(bytes.w));
}

float multiply_add(Operand a, Operand b, float sum) {
    // Rounds nothing, fused or not, so the device's own fma will do.
    [[unroll]] for (uint i = 0; i < 4; i++) {
        [[unroll]] for (uint j = 0; j < 4; j++) {
            precise float next = fma(a[i][j], b[i][j], sum);
            sum = next;
        }
    }
    return sum;
}

vec4 unsigned_unpacked(uint word) { return vec4(uvec4(word) >> uvec4(0, 8, 16, 24) & 255u); }

Operand unsigned_operand(uvec4 bytes) {
    return mat4(unsigned_unpacked(bytes.x), unsigned_unpacked(bytes.y), unsigned_unpacked(bytes.z),
                unsigned_unpacked(bytes.w));
}

uint unsigned_dot(uvec4 a, uvec4 b) { return uint(multiply_add(unsigned_operand(a), unsigned_operand(b), 0.0)); }
#endif

const uint EXACT_BLOCKS = 1024 / 16;  // of 16 products, that a float sum holds
