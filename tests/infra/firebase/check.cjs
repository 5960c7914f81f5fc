// What the Firebase CLI makes of our files, by its own code and without a network.
// node check.cjs PACKAGES CONFIG SOURCE PATH... prints: what is wrong with CONFIG, the functions that would be
// deployed, the files of SOURCE that would be uploaded, their archive, and the function that Hosting sends each PATH to.
const fs = require("fs");
const path = require("path");

const [packages, configFile, source, ...paths] = process.argv.slice(2);
const from = (name) => require(path.join(packages, "node_modules", name));
const cli = (name) => from(path.join("firebase-tools/lib", name));

const wrong = (schema, config) => {
  const Ajv = from("ajv").default;
  const validate = new Ajv({ allowUnionTypes: true, strict: false }).compile(schema);
  return validate(config) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message}`);
};

const deployed = async () => {
  const build = await cli("deploy/functions/runtimes/discovery").detectFromYaml(source, "p", "python313");
  const { backend } = await cli("deploy/functions/build").resolveBackend({
    build,
    firebaseConfig: { projectId: "p" },
    userEnvs: {},
    codebase: "default",
    nonInteractive: true,
  });
  const endpoints = cli("deploy/functions/backend").allEndpoints(backend);
  cli("deploy/functions/validate").endpointsAreValid(backend);
  return endpoints;
};

const uploaded = async (ignore) => {
  const files = await cli("fsAsync").readdirRecursive({ path: source, ignoreStrings: ignore });
  return files.map((file) => path.relative(source, file.name));
};

const archived = async (config) => {
  const prepare = cli("deploy/functions/prepareFunctionsUpload").prepareFunctionsUpload;
  return (await prepare(path.dirname(configFile), source, config, [], undefined)).pathToSource;
};

const rewritten = (rewrites) => {
  const { configMatcher } = from("superstatic/lib/utils/patterns");
  return paths.map((asked) => rewrites.find((rewrite) => configMatcher(asked, rewrite))?.function.functionId ?? null);
};

(async () => {
  const config = JSON.parse(fs.readFileSync(configFile));
  const schema = JSON.parse(
    fs.readFileSync(path.join(packages, "node_modules/firebase-tools/schema/firebase-config.json")),
  );
  console.log(
    JSON.stringify({
      wrong: wrong(schema, config),
      deployed: await deployed(),
      archive: await archived(structuredClone(config.functions[0])),
      uploaded: await uploaded(config.functions[0].ignore),
      rewritten: rewritten(config.hosting.rewrites),
    }),
  );
})();
