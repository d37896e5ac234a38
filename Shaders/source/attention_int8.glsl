// Softmax(Q K^T / sqrt(HEAD_SIZE)) V in 8 bits, as attention_int8 of CKernels defines it.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 HIDDEN, 2 HEADS, 3 HEAD_SIZE, 4 QUERIES (4, 8, 16 or 32), 5 SCORES (a multiple
// of 32: keys whose scores are held in shared memory).
// Shared memory in bytes, B = ceil(HEAD_SIZE / 16): 16 B (QUERIES + 36) + 8 HEAD_SIZE + QUERIES (5 SCORES + 12) + 20.
//   HEAD_SIZE 32, SCORES 256: 22612    64, 256: 24532
// Every sum and maximum is of integers or exact, so threads share them as it suits. The greatest magnitudes of the whole
// sequence are found by each workgroup: a short sequence has but one, and finds them again in the cache.
// A sequence of up to SCORES tokens computes its scores once; a longer one twice: for the greatest, then for the mix.
#extension GL_KHR_memory_scope_semantics : require
#include "attention_interface.glsl"
#include "integer_dot.glsl"

const uint VECTORS = (HEAD_SIZE + 3) / 4;
const uint BLOCKS = (HEAD_SIZE + 15) / 16;
const uint KEYS = 32;  // staged at a time
// Of the keys in a block; moves the next block by 16 words, so that a row of 32 dimensions is stored to other banks.
const uint KEY_STRIDE = KEYS + 4;
const uint GROUP_QUERIES = QUERIES * KEYS / THREADS;
const uint QUERY_GROUPS = QUERIES / GROUP_QUERIES;
const uint QUERY_THREADS = THREADS / QUERIES;
const uint MIXES = (QUERY_GROUPS * HEAD_SIZE + THREADS - 1) / THREADS;
const uint COLUMN_THREADS = VECTORS < THREADS ? VECTORS : THREADS;
const uint TOKEN_THREADS = THREADS / COLUMN_THREADS;

// Quantised with a scale each: the values of each dimension, the queries, the keys.
const uint QUERY_SCALE = HEAD_SIZE;
const uint KEY_SCALE = HEAD_SIZE + 1;
const uint SCALES = HEAD_SIZE + 2;

const float LEAST_MAGNITUDE = 1e-30;  // keeps the reciprocal of zeros finite
const float STEP = 0.00787401572;     // 1 / 127

shared uvec4 query_tile[QUERIES * BLOCKS];
shared uvec4 tile[BLOCKS * KEY_STRIDE];  // keys as [16 dimensions][key], later values as [16 keys][dimension]
shared ivec4 scores[QUERIES * SCORES / 4];
shared uvec4 weights[QUERIES * SCORES / 16];  // a byte each
shared uint greatest[SCALES];                 // as bits, in the order of the floats, none of which is negative
shared float inverses[SCALES + 1];            // 127 / greatest; after them the score beyond which a weight is 0
shared int greatest_scores[QUERIES];
shared int weight_sums[QUERIES];
shared float sum_inverses[QUERIES];

// Atomics are of the workgroup, because those of the device, the default, need a feature; barriers order them.
void share_greatest(uint scale, float magnitude) {
    atomicMax(greatest[scale], floatBitsToUint(magnitude), gl_ScopeWorkgroup, 0, 0);
}

void track_magnitudes(uint scale, vec4 magnitudes) {
    share_greatest(scale, max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w)));
}

void find_greatest(uint first, uint count) {
    for (uint i = gl_LocalInvocationIndex; i < SCALES; i += THREADS) greatest[i] = floatBitsToUint(LEAST_MAGNITUDE);
    barrier();
    uint token_thread = gl_LocalInvocationIndex / COLUMN_THREADS;
    uint end = token_thread < TOKEN_THREADS ? count : 0;
    for (uint vector = gl_LocalInvocationIndex % COLUMN_THREADS; vector < VECTORS; vector += COLUMN_THREADS) {
        vec4 query = vec4(0), key = vec4(0), value = vec4(0);
        for (uint token = first + token_thread; token < first + end; token += TOKEN_THREADS) {
            query = max(query, abs(load_head(token, 0, vector)));
            key = max(key, abs(load_head(token, 1, vector)));
            value = max(value, abs(load_head(token, 2, vector)));
        }
        track_magnitudes(QUERY_SCALE, query);
        track_magnitudes(KEY_SCALE, key);
        [[unroll]] for (uint i = 0; i < 4; i++) {
            if (vector * 4 + i < HEAD_SIZE) share_greatest(vector * 4 + i, value[i]);
        }
    }
    barrier();
}

// What a score's unit is as an exponent of 2.
float score_step() {
    precise float query = uintBitsToFloat(greatest[QUERY_SCALE]) * STEP;
    precise float key = uintBitsToFloat(greatest[KEY_SCALE]) * STEP;
    precise float product = query * key;
    precise float scale = inverse_square_root(float(HEAD_SIZE)) * LOG2_E;
    precise float step = product * scale;
    return clamped(step, 1e-30, 1e30);
}

uint quantized_byte(float x, float inverse) {
    return floatBitsToUint(clamped(fused(x, inverse, ROUNDER), ROUNDER - 127.0, ROUNDER + 127.0)) & 255u;
}

// Four dimensions of a token's query or key; zeros beyond the head.
uint quantized_head(uint token, uint part, uint vector) {
    if (vector >= VECTORS) return 0u;
    vec4 x = load_head(token, part, vector);
    float inverse = inverses[QUERY_SCALE + part];
    return quantized_byte(x.x, inverse) | quantized_byte(x.y, inverse) << 8 | quantized_byte(x.z, inverse) << 16 |
           quantized_byte(x.w, inverse) << 24;
}

// scores[query][key] of `count` keys from token `first` on: each thread one key of a tile for GROUP_QUERIES queries, whose
// greatest scores it keeps.
void compute_scores(uint first, uint count, inout int maxima[GROUP_QUERIES]) {
    uint key = gl_LocalInvocationIndex % KEYS, first_query = gl_LocalInvocationIndex / KEYS * GROUP_QUERIES;
    for (uint start = 0; start < count; start += KEYS) {
        barrier();
        for (uint i = gl_LocalInvocationIndex; i < min(count - start, KEYS) * BLOCKS * 4; i += THREADS) {
            uint staged = i / (BLOCKS * 4), vector = i % (BLOCKS * 4);
            tile[vector / 4 * KEY_STRIDE + staged][vector % 4] = quantized_head(first + start + staged, 1, vector);
        }
        barrier();
        if (start + key >= count) continue;
        int sums[GROUP_QUERIES];
        [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) sums[i] = 0;
        for (uint block = 0; block < BLOCKS; block++) {
            uvec4 k = tile[block * KEY_STRIDE + key];
            [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) {
                uvec4 q = query_tile[(first_query + i) * BLOCKS + block];
                sums[i] += int(multiply_add(operand(q), operand(k), Partial(0)));
            }
        }
        [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) {
            scores[((first_query + i) * SCORES + start + key) / 4][key % 4] = sums[i];
            maxima[i] = max(maxima[i], sums[i]);
        }
    }
    barrier();
}

const float WEIGHT_COEFFICIENTS[4] = {255.0, 176.78714, 61.7637978, 14.0273094};

// Of a key of the sequence whose score is `difference` from the greatest: 0 to 255, rounded by the key's threshold.
uint weight(int difference, float step, float least, uint key) {
    float d = float(difference);
    d = d > least ? d : least;
    precise float n = fused(d, step, ROUNDER);
    precise float nearest = n - ROUNDER;
    float r = fused(d, step, -nearest);
    float p = WEIGHT_COEFFICIENTS[3];
    for (int i = 2; i >= 0; i--) p = fused(p, r, WEIGHT_COEFFICIENTS[i]);
    float exact = uintBitsToFloat(floatBitsToUint(p) + (floatBitsToUint(n) << 23));
    uint part = (key + 1u) * 2654435769u >> 24;
    precise float threshold = uintBitsToFloat(floatBitsToUint(49152.0) + part);  // + part / 256
    precise float rounded = exact + threshold;
    return floatBitsToUint(rounded) >> 8 & 255u;
}

// The weights of `count` keys, of which the sequence's key `first` is the first, for this thread's query, and zeros up to a
// multiple of 16. Adds those that this thread computes to `sum`.
void compute_weights(uint first, uint count, float step, float least, inout int sum) {
    uint query = gl_LocalInvocationIndex / QUERY_THREADS;
    for (uint word = gl_LocalInvocationIndex % QUERY_THREADS; word < (count + 15) / 16 * 4; word += QUERY_THREADS) {
        ivec4 differences = scores[query * (SCORES / 4) + word] - greatest_scores[query];
        uint bytes = 0u;
        [[unroll]] for (uint i = 0; i < 4; i++) {
            uint key = word * 4 + i;
            uint byte = key < count ? weight(differences[i], step, least, first + key) : 0u;
            bytes |= byte << 8 * i;
            sum += int(byte);
        }
        weights[query * (SCORES / 16) + word / 4][word % 4] = bytes;
    }
}

// Of `count` keys from token `first` on, at most KEYS, turned: words of four keys' values of one dimension, q + 128, which
// makes them unsigned as the weights are.
void stage_values(uint first, uint count) {
    for (uint i = gl_LocalInvocationIndex; i < (count + 3) / 4 * HEAD_SIZE; i += THREADS) {
        uint word = i / HEAD_SIZE, dimension = i % HEAD_SIZE;
        uint bytes = 0u;
        [[unroll]] for (uint j = 0; j < 4; j++) {
            // What comes after the last key has no weight.
            uint token = first + min(word * 4 + j, count - 1);
            float x = qkv.at[(token * 3 + 2) * HIDDEN + gl_WorkGroupID.y * HEAD_SIZE + dimension];
            bytes |= quantized_byte(x, inverses[dimension]) << 8 * j;
        }
        tile[word / 4 * HEAD_SIZE + dimension][word % 4] = bytes ^ 0x80808080u;
    }
}

void main() {
    uint task = gl_WorkGroupID.x * 3;
    if (gl_WorkGroupID.x >= header.counts[2]) return;
    uint first = tasks.at[task], count = tasks.at[task + 1], first_query = tasks.at[task + 2];
    // Those of the block that the sequence has; what the spare ones give is thrown away.
    uint queries = min(count - first_query, QUERIES);
    bool is_single = count <= SCORES;

    find_greatest(first, count);
    float step = score_step();
    for (uint i = gl_LocalInvocationIndex; i < SCALES + 1; i += THREADS) {
        bool is_scale = i < SCALES;
        float x = is_scale ? uintBitsToFloat(greatest[i]) : step;
        precise float inverse = reciprocal(x) * (is_scale ? 127.0 : -24.0);
        inverses[i] = inverse;
    }
    for (uint i = gl_LocalInvocationIndex; i < QUERIES; i += THREADS) {
        greatest_scores[i] = -0x7FFFFFFF;
        weight_sums[i] = 0;
    }
    barrier();
    for (uint i = gl_LocalInvocationIndex; i < queries * BLOCKS * 4; i += THREADS) {
        uint vector = i % (BLOCKS * 4);
        query_tile[i / 4][i % 4] = quantized_head(first + first_query + i / (BLOCKS * 4), 0, vector);
    }

    int maxima[GROUP_QUERIES];
    [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) maxima[i] = -0x7FFFFFFF;
    for (uint chunk = 0; chunk < count; chunk += SCORES) {
        compute_scores(first + chunk, min(count - chunk, SCORES), maxima);
    }
    uint group = gl_LocalInvocationIndex / KEYS;
    [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) {
        atomicMax(greatest_scores[group * GROUP_QUERIES + i], maxima[i], gl_ScopeWorkgroup, 0, 0);
    }
    barrier();

    int sum = 0;
    uint mixes[MIXES * GROUP_QUERIES];
    [[unroll]] for (uint i = 0; i < MIXES * GROUP_QUERIES; i++) mixes[i] = 0u;
    for (uint chunk = 0; chunk < count; chunk += SCORES) {
        uint keys = min(count - chunk, SCORES);
        if (!is_single) compute_scores(first + chunk, keys, maxima);
        if (gl_LocalInvocationIndex / QUERY_THREADS < queries) {
            compute_weights(chunk, keys, step, inverses[SCALES], sum);
        }
        for (uint start = 0; start < keys; start += KEYS) {
            uint tile_keys = min(keys - start, KEYS);
            barrier();
            stage_values(first + chunk + start, tile_keys);
            barrier();
            [[unroll]] for (uint i = 0; i < MIXES; i++) {
                uint index = gl_LocalInvocationIndex + i * THREADS;
                if (index >= QUERY_GROUPS * HEAD_SIZE) break;
                uint dimension = index % HEAD_SIZE, mixed_query = index / HEAD_SIZE * GROUP_QUERIES;
                for (uint block = 0; block < (tile_keys + 15) / 16; block++) {
                    uvec4 v = tile[block * HEAD_SIZE + dimension];
                    [[unroll]] for (uint j = 0; j < GROUP_QUERIES; j++) {
                        uvec4 w = weights[((mixed_query + j) * SCORES + start) / 16 + block];
                        mixes[i * GROUP_QUERIES + j] += unsigned_dot(w, v);
                    }
                }
            }
        }
    }

    atomicAdd(weight_sums[gl_LocalInvocationIndex / QUERY_THREADS], sum, gl_ScopeWorkgroup, 0, 0);
    barrier();
    for (uint i = gl_LocalInvocationIndex; i < queries; i += THREADS) {
        sum_inverses[i] = reciprocal(float(weight_sums[i]));
    }
    barrier();
    [[unroll]] for (uint i = 0; i < MIXES; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint dimension = index % HEAD_SIZE, mixed_query = index / HEAD_SIZE * GROUP_QUERIES;
        [[unroll]] for (uint j = 0; j < GROUP_QUERIES; j++) {
            uint query = mixed_query + j;
            if (query >= queries) break;
            precise float value_step = uintBitsToFloat(greatest[dimension]) * STEP;
            precise float scale = value_step * sum_inverses[query];
            precise float mix = float(int(mixes[i * GROUP_QUERIES + j]) - 128 * weight_sums[query]) * scale;
            result.at[(first + first_query + query) * HIDDEN + gl_WorkGroupID.y * HEAD_SIZE + dimension] = mix;
        }
    }
}
