#!/usr/bin/env bash
# Runs a command under Vulkan's validation layers (Debian: vulkan-validationlayers), synchronisation between dispatches
# and between submissions included, and fails where they have anything to say.
#
#   Tests/Vulkan/validate.sh COMMAND [ARGUMENT...]
#
# Exit status: 0 the command succeeded and the layers were silent, 1 they were not, 2 they cannot be loaded, 64 usage, else
# the command's own.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
messages=$folder/messages
cat >"$folder/vk_layer_settings.txt" <<END
khronos_validation.debug_action = VK_DBG_LAYER_ACTION_LOG_MSG
khronos_validation.report_flags = error,warn
khronos_validation.log_filename = $messages
khronos_validation.enables = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT,VALIDATION_CHECK_ENABLE_SYNCHRONIZATION_VALIDATION_QUEUE_SUBMIT
END
export VK_LAYER_SETTINGS_PATH=$folder VK_INSTANCE_LAYERS=VK_LAYER_KHRONOS_validation

# The log is created when the layer starts: without it nothing was validated.
status=0
"$@" || status=$?
if [ ! -e "$messages" ]; then
    echo "the validation layers were not loaded (Debian: vulkan-validationlayers), or the command used no Vulkan" >&2
    exit $([ $status = 0 ] && echo 2 || echo $status)
fi
if [ -s "$messages" ]; then
    cat "$messages" >&2
    exit 1
fi
[ $status != 0 ] || echo "validation layers: no message" >&2
exit $status
