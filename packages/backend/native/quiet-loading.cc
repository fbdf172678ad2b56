// A Node addon that is loaded before TensorFlow: its library writes two lines about oneDNN to standard error as soon as
// it is opened, before any of its logging settings is read. `hush` discards what is written there until `restore`.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

namespace {

int kept = -1;

napi_value Hush(napi_env, napi_callback_info) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept < 0 && nowhere >= 0) {
    kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept >= 0) dup2(nowhere, STDERR_FILENO);
  }
  if (nowhere >= 0) close(nowhere);
  return nullptr;
}

napi_value Restore(napi_env, napi_callback_info) {
  if (kept >= 0) {
    dup2(kept, STDERR_FILENO);
    close(kept);
    kept = -1;
  }
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"hush", nullptr, Hush, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"restore", nullptr, Restore, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, 2, functions);
  return exports;
}
