// How shaders see memory: 64-bit addresses in push constants, every buffer 16-byte aligned.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_control_flow_attributes : require

// What varies from batch to batch; the commands that are recorded once read it.
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Header {
    uint counts[4];  // tokens, sequences, attention tasks, zero
};
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Floats { float at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer FloatVectors { vec4 at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) buffer FloatsOut { float at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) buffer FloatVectorsOut { vec4 at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Words { uint at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer WordsOut { uint at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer WordVectors { uvec4 at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer WordVectorsOut { uvec4 at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Integers { int at[]; };

// How a row of activations was quantised: x = scale * (s - zero), s signed bytes.
struct RowQuantization {
    float scale;
    int zero;
};
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer RowQuantizations { RowQuantization at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer RowQuantizationsOut {
    RowQuantization at[];
};
