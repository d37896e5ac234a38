// How the tiles of an int8 linear layer read memory: STEP inputs of TILE_ROWS rows and of TILE_COLUMNS outputs, 16 bytes a
// thread at a time. Included once these, STEP_BLOCKS and THREADS are known.
const uint ROW_VECTORS = TILE_ROWS * STEP_BLOCKS;
const uint COLUMN_VECTORS = TILE_COLUMNS * STEP_BLOCKS;
const uint ROW_LOADS = (ROW_VECTORS + THREADS - 1) / THREADS;
const uint COLUMN_LOADS = (COLUMN_VECTORS + THREADS - 1) / THREADS;

// Loads of the next step, in flight while this one is multiplied.
uvec4 row_loads[ROW_LOADS];
uvec4 column_loads[COLUMN_LOADS];

void load_step(uint rows, uint first_row, uint first_column, uint first_block) {
    [[unroll]] for (uint i = 0; i < ROW_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint row = min(first_row + index / STEP_BLOCKS, rows - 1), block = first_block + index % STEP_BLOCKS;
        row_loads[i] = uvec4(0);
        if (block < INPUT_BLOCKS) row_loads[i] = activations.at[row * INPUT_BLOCKS + block];
    }
    [[unroll]] for (uint i = 0; i < COLUMN_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint column = first_column + index % TILE_COLUMNS, block = first_block + index / TILE_COLUMNS;
        column_loads[i] = uvec4(0);
        if (block < INPUT_BLOCKS && column < PANELS * PANEL) {
            column_loads[i] = weights.at[(column / PANEL * INPUT_BLOCKS + block) * PANEL + column % PANEL];
        }
    }
}
