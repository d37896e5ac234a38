// Softmax(Q K^T / sqrt(HEAD_SIZE)) V of one head for a block of QUERIES queries of one sequence.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 HIDDEN, 2 HEADS, 3 HEAD_SIZE, 4 QUERIES (4, 8, 16 or 32), 5 SCORES (a multiple
// of 32: keys whose scores are held in shared memory).
// Shared memory in bytes, V = ceil(HEAD_SIZE / 4): 16 V (QUERIES + 33) + 4 QUERIES (SCORES + 9) + 512.
//   HEAD_SIZE 32: QUERIES 16, SCORES 128: 15552    HEAD_SIZE 64: 16, 32: 15680    with 48 KiB: 16, 512: 40128, 46400
// A sequence of up to SCORES tokens computes its scores once; a longer one three times: for the greatest, for the sum, for
// the mix. Sums over keys and head dimensions are sequential, as CKernels defines them.
// Keys and values are read with 16 bytes a thread, whole rows of a head by neighbours, and kept in shared memory, keys
// as [4 dimensions][key] with one spare, so that neither storing nor reading conflicts.
#version 460
#include "attention_interface.glsl"

const uint VECTORS = (HEAD_SIZE + 3) / 4;
const uint KEYS = 32;  // staged at a time
const uint QUERY_GROUPS = THREADS / KEYS;
const uint GROUP_QUERIES = QUERIES / QUERY_GROUPS;
const uint QUERY_THREADS = THREADS / QUERIES;
const uint SCORE_STRIDE = SCORES + 8;
const uint MIXES = (QUERIES * VECTORS + THREADS - 1) / THREADS;

shared vec4 query_tile[QUERIES * VECTORS];
shared vec4 key_tile[VECTORS * (KEYS + 1)];  // keys, later values as [key][4 dimensions]
shared vec4 scores[QUERIES * SCORE_STRIDE / 4];
shared float partial_greatest[THREADS];
shared float inverses[QUERIES];

float score_at(uint query, uint key) {
    uint index = query * SCORE_STRIDE + key;
    return scores[index / 4][index % 4];
}

void set_score(uint query, uint key, float value) {
    uint index = query * SCORE_STRIDE + key;
    scores[index / 4][index % 4] = value;
}

// scores[query][key] of `count` keys from token `first` on: each thread one key of a tile for QUERIES / 4 queries.
void compute_scores(uint first, uint count) {
    uint key = gl_LocalInvocationIndex % KEYS, first_query = gl_LocalInvocationIndex / KEYS * GROUP_QUERIES;
    for (uint tile = 0; tile < count; tile += KEYS) {
        barrier();
        for (uint i = gl_LocalInvocationIndex; i < KEYS * VECTORS; i += THREADS) {
            uint staged = i / VECTORS, vector = i % VECTORS;
            if (tile + staged < count) {
                key_tile[vector * (KEYS + 1) + staged] = load_head(first + tile + staged, 1, vector);
            }
        }
        barrier();
        if (tile + key >= count) continue;
        float sums[GROUP_QUERIES];
        [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) sums[i] = 0.0;
        for (uint vector = 0; vector < VECTORS; vector++) {
            vec4 k = key_tile[vector * (KEYS + 1) + key];
            [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) {
                vec4 q = query_tile[(first_query + i) * VECTORS + vector];
                float sum = sums[i];
                [[unroll]] for (uint j = 0; j < 4; j++) sum = fused(q[j], k[j], sum);
                sums[i] = sum;
            }
        }
        [[unroll]] for (uint i = 0; i < GROUP_QUERIES; i++) set_score(first_query + i, tile + key, sums[i]);
    }
    barrier();
}

// Scores become exp(score - greatest).
void exponentiate(uint count, float scale, float greatest) {
    uint query = gl_LocalInvocationIndex / QUERY_THREADS;
    precise float offset = greatest * scale;
    for (uint key = gl_LocalInvocationIndex % QUERY_THREADS; key < count; key += QUERY_THREADS) {
        set_score(query, key, exponential(fused(score_at(query, key), scale, -offset)));
    }
    barrier();
}

void main() {
    uint task = gl_WorkGroupID.x * 3;
    if (gl_WorkGroupID.x >= header.counts[2]) return;
    uint first = tasks.at[task], count = tasks.at[task + 1], first_query = tasks.at[task + 2];
    bool is_single = count <= SCORES;

    // Threads / QUERIES neighbours see to one query where the work is by query and key.
    uint query = gl_LocalInvocationIndex / QUERY_THREADS, query_thread = gl_LocalInvocationIndex % QUERY_THREADS;
    for (uint i = gl_LocalInvocationIndex; i < QUERIES * VECTORS; i += THREADS) {
        // Spare queries repeat the last one; their results are thrown away.
        query_tile[i] = load_head(first + min(first_query + i / VECTORS, count - 1), 0, i % VECTORS);
    }

    float greatest = uintBitsToFloat(0xFF800000u);
    for (uint chunk = 0; chunk < count; chunk += SCORES) {
        uint keys = min(count - chunk, SCORES);
        compute_scores(first + chunk, keys);
        for (uint key = query_thread; key < keys; key += QUERY_THREADS) {
            float score = score_at(query, key);
            greatest = score > greatest ? score : greatest;
        }
    }
    partial_greatest[gl_LocalInvocationIndex] = greatest;
    barrier();
    for (uint i = 0; i < QUERY_THREADS; i++) {
        float other = partial_greatest[query * QUERY_THREADS + i];
        greatest = other > greatest ? other : greatest;
    }

    precise float scale = inverse_square_root(float(HEAD_SIZE)) * LOG2_E;
    precise float sum = 0.0;
    for (uint chunk = 0; chunk < count; chunk += SCORES) {
        uint keys = min(count - chunk, SCORES);
        if (!is_single) compute_scores(first + chunk, keys);
        exponentiate(keys, scale, greatest);
        if (query_thread == 0) {
            for (uint key = 0; key < keys; key++) sum = sum + score_at(query, key);
        }
    }
    if (query_thread == 0) inverses[query] = reciprocal(sum);

    vec4 mixes[MIXES];
    [[unroll]] for (uint i = 0; i < MIXES; i++) mixes[i] = vec4(0);
    for (uint chunk = 0; chunk < count; chunk += SCORES) {
        uint keys = min(count - chunk, SCORES);
        if (!is_single) {
            compute_scores(first + chunk, keys);
            exponentiate(keys, scale, greatest);
        }
        for (uint tile = 0; tile < keys; tile += KEYS) {
            uint tile_keys = min(keys - tile, KEYS);
            barrier();
            for (uint i = gl_LocalInvocationIndex; i < tile_keys * VECTORS; i += THREADS) {
                key_tile[i] = load_head(first + chunk + tile + i / VECTORS, 2, i % VECTORS);
            }
            barrier();
            [[unroll]] for (uint i = 0; i < MIXES; i++) {
                uint index = gl_LocalInvocationIndex + i * THREADS;
                if (index >= QUERIES * VECTORS) break;
                uint mixed_query = index / VECTORS, vector = index % VECTORS;
                float inverse = inverses[mixed_query];
                vec4 mixed = mixes[i];
                for (uint key = 0; key < tile_keys; key++) {
                    precise float weight = score_at(mixed_query, tile + key) * inverse;
                    vec4 v = key_tile[key * VECTORS + vector];
                    [[unroll]] for (uint j = 0; j < 4; j++) mixed[j] = fused(weight, v[j], mixed[j]);
                }
                mixes[i] = mixed;
            }
        }
    }

    [[unroll]] for (uint i = 0; i < MIXES; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint mixed_query = first_query + index / VECTORS, vector = index % VECTORS;
        if (index >= QUERIES * VECTORS || mixed_query >= count) break;
        uint at = (first + mixed_query) * HIDDEN + gl_WorkGroupID.y * HEAD_SIZE + vector * 4;
        if (HEAD_SIZE % 4 == 0) {
            FloatVectorsOut(result).at[at / 4] = mixes[i];
        } else {
            [[unroll]] for (uint j = 0; j < 4; j++) {
                if (vector * 4 + j < HEAD_SIZE) result.at[at + j] = mixes[i][j];
            }
        }
    }
}
