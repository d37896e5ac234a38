// The elementary functions of CKernels/float_math.h, to the bit. See there for what they are; constants are its, in decimal.
#include "fused_multiply_add.glsl"

const float LOG2_E = 1.44269502;
// Added to a float below 2^22 in magnitude it leaves the nearest integer in the low bits, ties to even.
const float ROUNDER = 12582912.0;

float clamped(float x, float low, float high) {
    x = x > low ? x : low;  // a NaN becomes `low`
    return x < high ? x : high;
}

float reciprocal(float x) {
    precise float y = uintBitsToFloat(0x7EF311C3u - floatBitsToUint(x));
    for (int i = 0; i < 3; i++) y = fused(fused(-x, y, 1.0), y, y);
    return y;
}

float inverse_square_root(float x) {
    precise float y = uintBitsToFloat(0x5F3759DFu - (floatBitsToUint(x) >> 1));
    precise float half_x = 0.5 * x;
    for (int i = 0; i < 3; i++) {
        precise float product = half_x * y;
        y = fused(y, fused(-product, y, 0.5), y);
    }
    return y;
}

const float EXPONENTIAL_COEFFICIENTS[5] = {0.693147004, 0.240222424, 0.0555073395, 0.00967151113, 0.00132647087};

// 2^x
float exponential(float x) {
    x = clamped(x, -126.0, 126.0);
    precise float n = x + ROUNDER;
    precise float nearest = n - ROUNDER;
    precise float r = x - nearest;
    float p = EXPONENTIAL_COEFFICIENTS[4];
    for (int i = 3; i >= 0; i--) p = fused(p, r, EXPONENTIAL_COEFFICIENTS[i]);
    p = fused(p, r, 1.0);
    return uintBitsToFloat(floatBitsToUint(p) + (floatBitsToUint(n) << 23));
}

float sigmoid(float x) {
    precise float power = x * -LOG2_E;
    precise float denominator = 1.0 + exponential(power);
    return reciprocal(denominator);
}

const float NORMAL_COEFFICIENTS[13] = {
    0.141363785,   -0.0702963322,  0.0515209995,  -0.0404414274,  0.0314360596,  -0.0232758764, 0.0164303984,
    -0.0111465482, 0.00635232823, -0.00270449882, 0.00177753845, -0.00160602352, 0.000589574163};

float gelu(float x) {
    float c = clamped(x, -5.0, 5.0);
    precise float square = c * c;
    float t = fused(square, 0.0799999982, -1.0);
    float p = NORMAL_COEFFICIENTS[12];
    for (int i = 11; i >= 0; i--) p = fused(p, t, NORMAL_COEFFICIENTS[i]);
    precise float result = x * fused(c, p, 0.5);
    return result;
}

const float ROUGH_NORMAL_COEFFICIENTS[8] = {0.398192942,    -0.0650744736,   0.00904539507,  -0.000884244393,
                                            5.75953964e-05, -2.32469597e-06, 5.10967197e-08, -4.46921611e-10};

// What is quantised next: a hundredth of a step off.
float rough_gelu(float x) {
    float c = clamped(x, -4.0, 4.0);
    precise float square = c * c;
    float p = ROUGH_NORMAL_COEFFICIENTS[7];
    for (int i = 6; i >= 0; i--) p = fused(p, square, ROUGH_NORMAL_COEFFICIENTS[i]);
    precise float result = x * fused(c, p, 0.5);
    return result;
}

// The numbers of triage_activation.
const uint ACTIVATION_GELU = 1u;
const uint ACTIVATION_GELU_TANH = 2u;
const uint ACTIVATION_RELU = 3u;
const uint ACTIVATION_TANH = 4u;

float activated(float x, uint activation) {
    if (activation == ACTIVATION_GELU) return gelu(x);
    if (activation == ACTIVATION_GELU_TANH) {
        precise float square = x * x;
        precise float cube = square * x;
        precise float twice_u = fused(cube, 0.0447149985, x) * 1.59576917;
        precise float result = x * sigmoid(twice_u);
        return result;
    }
    if (activation == ACTIVATION_RELU) return x > 0.0 ? x : 0.0;
    if (activation == ACTIVATION_TANH) {
        precise float twice_x = x * 2.0;
        return fused(sigmoid(twice_x), 2.0, -1.0);
    }
    return x;
}
