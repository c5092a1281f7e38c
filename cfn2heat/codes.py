"""Every code with its title and what it means; read by `explain` and by tests only. Sorted by code, never reused."""

CODES: dict[str, tuple[str, str]] = {
    "C2H1001": (
        "A file cannot be read",
        "The operating system refused to give the file: it does not exist, is a folder, or may not be read by you.",
    ),
    "C2H1002": (
        "The file is empty",
        "There is nothing in the file but white space or comments. Give a CloudFormation template in JSON or YAML.",
    ),
    "C2H1003": (
        "The file is binary",
        (
            "The file begins as an archive, image or program does, or has a zero byte in it, so it is no text. Unpack an "
            "archive first."
        ),
    ),
    "C2H1004": (
        "The text is not UTF-8",
        (
            "Templates are UTF-8, or UTF-16 with its byte order mark. The place is that of the first byte that is neither; it "
            "also stands for an escape that is half a character. Save the file as UTF-8."
        ),
    ),
    "C2H1005": (
        "The input is too long",
        (
            "A template of this size cannot come from CloudFormation, which takes at most one megabyte; included files count "
            "too. Split it into nested stacks."
        ),
    ),
    "C2H1006": (
        "The JSON is not valid",
        (
            "The place is where reading stopped; the mistake is there or just before it: a comma or a brace too many or "
            "missing, or a string that is not closed."
        ),
    ),
    "C2H1007": (
        "The YAML is not valid",
        (
            "The place is where reading stopped; the mistake is there or on the line before: indentation, a tab, an unclosed "
            "quote, or a colon inside an unquoted text."
        ),
    ),
    "C2H1008": (
        "A key stands twice in one map",
        (
            "Both places are named. Only the last value counts, as in CloudFormation, and the first one is lost. Remove or "
            "rename one of them."
        ),
    ),
    "C2H1009": (
        "The nesting is too deep",
        "The input nests lists and maps deeper than any real template does. It is refused so that reading stays safe.",
    ),
    "C2H1010": (
        "The document has too many values",
        (
            "Counted with each alias as its copy and each loop as what it makes. A few lines of aliases can stand for "
            "millions of values; such input is refused."
        ),
    ),
    "C2H1011": (
        "A YAML alias or merge cannot be followed",
        (
            "An alias names an anchor that does not exist or that it stands inside of, or << is given something else than "
            "maps. Write the value out."
        ),
    ),
    "C2H1012": (
        "A YAML tag or value is not supported",
        (
            "CloudFormation knows the short forms of its functions and the plain kinds of YAML: no sets, binary data or tags "
            "of programs. Quote the value, or remove the tag."
        ),
    ),
    "C2H1013": (
        "A key is not a plain string",
        "A list, map or function stands where a key must stand. Often braces were meant as text: put quotes around them.",
    ),
    "C2H1014": (
        "The file holds several documents",
        "A line of three dashes begins a second document. A template is one document: put each in a file of its own.",
    ),
    "C2H1020": (
        "The document is no template",
        "A template is a map with a Resources section; this is a list or a single value.",
    ),
    "C2H1021": (
        "The input is a Heat template already",
        (
            "It says heat_template_version and has no CloudFormation resources. Nothing needs converting; `cfn2heat check` "
            "tells whether it holds."
        ),
    ),
    "C2H1022": (
        "The input is a document of another tool",
        "Its keys are those of Kubernetes, Azure, Compose, OpenAPI or the like. Only CloudFormation templates are converted.",
    ),
    "C2H1023": (
        "The Resources section is missing",
        (
            "Without resources there is nothing to convert. The section is missing, empty of meaning (null) or not a map, or "
            "its name is misspelt."
        ),
    ),
    "C2H1030": (
        "An unknown section",
        "CloudFormation has no section of this name, so nothing in it can be translated. It is left out.",
    ),
    "C2H1031": (
        "A section is not a map",
        "Each section is a map of names to definitions. This one is something else, and is left out whole.",
    ),
    "C2H1032": (
        "A section is empty",
        "The section's name stands there without anything in it. It is left out, and nothing is lost.",
    ),
    "C2H1033": (
        "A member of a section is not a map",
        "A parameter, output, rule or mapping is a map of its fields. This one is something else and is left out.",
    ),
    "C2H1034": (
        "A name cannot be used",
        (
            "Names of parameters, conditions, resources and outputs must not be empty, longer than 255 characters, or hold "
            "slashes, line breaks or control characters: Heat and the file system could not take them."
        ),
    ),
    "C2H1035": (
        "A name is not made of letters and digits",
        "CloudFormation wants names of letters and digits. The template is read all the same.",
    ),
    "C2H1036": (
        "A text section is not a string",
        "The description and the format version are strings. What stands there is left out.",
    ),
    "C2H1037": (
        "A parameter has no type",
        "Every parameter needs a Type. It is taken for a String.",
    ),
    "C2H1038": (
        "A mapping has the wrong shape",
        "A mapping has two levels of keys, and strings or lists of strings under them. What is not so shaped is left out.",
    ),
    "C2H1039": (
        "An output has no value",
        "Without a Value there is nothing to show, and the output is left out.",
    ),
    "C2H1040": (
        "An export has no name",
        "Export is a map with one key, Name. The output stays, without its export.",
    ),
    "C2H1041": (
        "A condition is not named",
        (
            "The Condition of a resource or output is the name of a member of Conditions. It is left out, so the resource is "
            "always made."
        ),
    ),
    "C2H1042": (
        "There are no resources",
        "The Resources section has no members. The result is a template that makes nothing.",
    ),
    "C2H1043": (
        "A resource is not a map",
        "A resource is a map of Type, Properties and so on. Nothing can be made of anything else.",
    ),
    "C2H1044": (
        "A resource has no type",
        "Nothing can be said about a resource without a Type. Give it one.",
    ),
    "C2H1045": (
        "An attribute of a resource is not a map",
        "Properties, Metadata, UpdatePolicy and CreationPolicy are maps. What stands there is left out.",
    ),
    "C2H1046": (
        "DependsOn does not name resources",
        "DependsOn is a name or a list of names of resources. Anything else in it is left out.",
    ),
    "C2H1047": (
        "A type is not a string",
        (
            "A function stands where the Type must be, as some generators' modules write it. Expand the module first; until "
            "then the resource is treated as of an unknown type."
        ),
    ),
    "C2H1048": (
        "Hooks are left out",
        "The Hooks section steers blue and green deployments through AWS's CodeDeploy. Heat has no counterpart for it.",
    ),
    "C2H1049": (
        "A parameter's field is of the wrong kind",
        (
            "Default, Description, the patterns and bounds are single values, and AllowedValues is a list of them. The field "
            "is left out."
        ),
    ),
    "C2H1050": (
        "An unknown format version",
        (
            "CloudFormation has had one template format since 2010, and refuses any other version. The template is read all "
            "the same."
        ),
    ),
    "C2H1101": (
        "An unknown function",
        (
            "CloudFormation has no function of this name. What it would yield is not known, so its place is treated as a "
            "value that a person must give."
        ),
    ),
    "C2H1102": (
        "A function stands among other keys",
        (
            "A function must be the only key of its map. With others beside it CloudFormation takes the map as data, and it "
            "is carried as data."
        ),
    ),
    "C2H1103": (
        "A function has arguments of the wrong shape",
        "The message says what the function needs and what stands there. What it would yield is not known.",
    ),
    "C2H1104": (
        "Fn::Sub has a placeholder with a wrong name",
        (
            "Names between ${ and } are letters, digits, underscores, dots and colons. CloudFormation refuses others; here "
            "they stay as text. Write ${!...} where text is meant, as in shell scripts."
        ),
    ),
    "C2H1105": (
        "A function of the language extensions could not be worked out",
        (
            "Fn::Length and Fn::ToJsonString are worked out before translation. Here the argument is not known yet: give the "
            "parameter a default, or its value with --parameter."
        ),
    ),
    "C2H1110": (
        "A name stands for a parameter and a resource",
        "References to it could mean either. CloudFormation refuses that, and so is it here; rename one of them.",
    ),
    "C2H1111": (
        "A reference to nothing",
        (
            "Ref or a placeholder names neither a parameter, a resource nor a pseudo parameter. The value becomes one that a "
            "person must give."
        ),
    ),
    "C2H1112": (
        "An attribute of a missing resource",
        (
            "Fn::GetAtt or a placeholder names a resource that the template does not have. The value becomes one that a "
            "person must give."
        ),
    ),
    "C2H1113": (
        "A dependency on a missing resource",
        "DependsOn names a resource that the template does not have. The dependency is left out.",
    ),
    "C2H1114": (
        "A condition that does not exist",
        "Something names a condition that the Conditions section does not have.",
    ),
    "C2H1115": (
        "A mapping that does not exist",
        "Fn::FindInMap names a mapping that the Mappings section does not have.",
    ),
    "C2H1116": (
        "Conditions go in a circle",
        "The conditions named refer to each other, so none of them has a value. Break the circle.",
    ),
    "C2H1117": (
        "Resources go in a circle",
        (
            "Each of the resources named waits for the next one, so none can be made first. CloudFormation and Heat both "
            "refuse that. Break the circle, often by a separate rule or attachment resource."
        ),
    ),
    "C2H1118": (
        "A condition or rule refers to a resource",
        (
            "Conditions and rules are decided before any resource is made, so they can ask parameters only, in CloudFormation "
            "and in Heat."
        ),
    ),
    "C2H1202": (
        "The Transform section names no macro",
        "Transform is a name, a map of Name and Parameters, or a list of those.",
    ),
    "C2H1203": (
        "The location of an included file is not known",
        "The location is made of values that only deployment knows. Write it as text, or give the parameter a default.",
    ),
    "C2H1204": (
        "An included location climbs out of its folder",
        "Locations with .. in them are refused: an included file must lie below the template folder.",
    ),
    "C2H1205": (
        "A file is included and no folder is given",
        "Nothing is fetched from the network. Download what is included, and name its folder with --template-dir.",
    ),
    "C2H1206": (
        "An included file is not at hand",
        "No file below the template folder has a path that ends as the location does. Download it to there.",
    ),
    "C2H1207": (
        "A file includes itself",
        "The file stands, directly or through others, in what it includes. Break the circle.",
    ),
    "C2H1209": (
        "A custom macro",
        (
            "The template asks for a macro that is a program in somebody's account. What it changes cannot be known here, so "
            "resources are read as they stand before it. Convert the processed template instead, which CloudFormation shows "
            "for a deployed stack."
        ),
    ),
    "C2H1210": (
        "A custom macro inside the template",
        "Fn::Transform calls a program in somebody's account. What it puts at this place is not known.",
    ),
    "C2H1211": (
        "An included file holds no map",
        "What is included beside other keys must be a map, so that its entries can join them.",
    ),
    "C2H1212": (
        "An included file repeats a key",
        "The including map has the key too; its own value counts, and the included one is left out.",
    ),
    "C2H1213": (
        "The language extensions are used without being declared",
        (
            "Fn::ForEach, Fn::Length and Fn::ToJsonString work only with the transform of the language extensions. They are "
            "expanded all the same; add the transform."
        ),
    ),
    "C2H1214": (
        "A loop makes a key twice",
        (
            "Two rounds of a Fn::ForEach, or it and its neighbours, make the same key. The last one counts. Use the loop's "
            "identifier in the key."
        ),
    ),
    "C2H1215": (
        "A loop cannot be expanded",
        (
            "The Fn::ForEach is wrongly shaped, or its collection is known only at deployment. Nothing of what it would make "
            "is in the result. Give the parameter a default, or its value with --parameter."
        ),
    ),
    "C2H1216": (
        "SAM is not installed",
        (
            "The template's serverless types need AWS's own translator: pip install cfn2heat[sam]. Without it they are "
            "reported as the types that they are."
        ),
    ),
    "C2H1217": (
        "SAM cannot expand the template",
        (
            "AWS's translator refuses the template with the reason given. The serverless types are reported as the types that "
            "they are."
        ),
    ),
    "C2H1301": (
        "Nested stacks go in a circle",
        "A nested stack's template names, directly or through others, the template that it stands in. Break the circle.",
    ),
    "C2H2101": (
        "A part of a parameter is not carried",
        (
            "What the parameter says of itself there (a default that names a thing of AWS, a description of a constraint, "
            "...) has no place in HOT, or would make the stack fail. The rest of the parameter is carried."
        ),
    ),
    "C2H2102": (
        "A rule over parameters is not carried",
        (
            "CloudFormation's Rules hold parameters against one another before a stack is made. HOT has constraints for single "
            "parameters; for more, cfn2heat writes a resource that Heat refuses where the rule is broken. Neither can ask what "
            "only AWS knows, nor what has no default or breaks the rule by default: check that by hand, or in the script that "
            "makes the stack."
        ),
    ),
    "C2H2104": (
        "A property cannot be left out in this template version",
        (
            "The source gives the property under a condition. Template versions before 2021-04-16 can only make it null, which "
            "Heat checks like an empty text, and this property does not take one. Choose the newer version if your Heat knows it."
        ),
    ),
    "C2H3001": (
        "A property is not carried",
        (
            "OpenStack has no counterpart of what the property asks for, or needs none. The message says why; the severity "
            "says how much is lost, and the advice what to do about it. The written template names it in a comment."
        ),
    ),
    "C2H3002": (
        "A property is carried in another form",
        (
            "What is written does nearly the same, but not quite: another name, another unit, another service, or a limit of "
            "this cloud. The message says where the two differ. Read it, and look at the place when the difference matters."
        ),
    ),
    "C2H3003": (
        "The table does not know a property",
        (
            "No row says what becomes of it: its name is misspelt, or AWS has added it since. It is not carried. A mapping "
            "file laid over the shipped ones with --mappings can give it a row."
        ),
    ),
    "C2H3004": (
        "A resource has no counterpart",
        (
            "OpenStack has nothing that does what the resource did, so that nothing is made for it. What the template reads "
            "from it becomes parameters that ask for a value. The advice says what people use in its place."
        ),
    ),
    "C2H3005": (
        "Something outside the template decides",
        (
            "What is written is right, but works only together with something that cfn2heat cannot see or do: an option of "
            "the cloud, another file, a choice that is open. The advice says what to look at."
        ),
    ),
    "C2H3006": (
        "A resource lacks what it must have",
        (
            "The source does not say a value that Heat wants, or says one of another type, and CloudFormation would hardly take "
            "it either. A parameter asks for the value: give it in the environment, or mend the source."
        ),
    ),
    "C2H3007": (
        "A dependency is not carried",
        (
            "DependsOn names a resource that becomes nothing, or one that Heat makes later for reasons of its own. Heat finds "
            "the order in which resources are made from the references between them."
        ),
    ),
    "C2H3008": (
        "A nested template is not at hand",
        (
            "A placeholder is written in its place: a file that makes nothing, with a parameter for each value that the stack "
            "hands over, and an output for each that is read from it. Those outputs are to be filled in the environment, so that "
            "the rest can be deployed. Fetch the template and convert again with --template-dir, or write into the placeholder "
            "what it makes."
        ),
    ),
    "C2H3009": (
        "A thing of an AWS account is named by its id",
        (
            "An id such as subnet-096fd06d names something that exists in one AWS account and nowhere else. A parameter asks for "
            "the name or id of what stands for it in your cloud; wherever the source has the same id, the same parameter is read."
        ),
    ),
    "C2H4001": (
        "A HOT file cannot be read",
        (
            "The file is missing, is not UTF-8 text, is not YAML, or has no heat_template_version and so is no Heat template. "
            "Aliases that stand for more than a million values and nesting beyond a hundred levels are refused too."
        ),
    ),
    "C2H4002": (
        "Heat has no such template version",
        (
            "heat_template_version is the date or the name of a release; the message lists those that Heat knows. It decides "
            "which functions there are."
        ),
    ),
    "C2H4003": (
        "A section that this template version does not have",
        "Heat refuses templates with further sections at the top. Conditions exist from version 2016-10-14 on.",
    ),
    "C2H4004": (
        "A key that Heat does not know here",
        (
            "A parameter, resource or output has a key that this template version does not have. The message lists the keys "
            "that it has."
        ),
    ),
    "C2H4005": (
        "Something of the wrong shape",
        (
            "A section, a definition or a part of one must be a map, a list, a name or a condition and is something else, or "
            "is missing."
        ),
    ),
    "C2H4006": (
        "A resource type that Heat does not have",
        (
            "The catalog of Heat's resource types does not hold it. Types of one's own are fine when an environment file maps "
            "them to a template; types that are files are looked for beside the template that names them."
        ),
    ),
    "C2H4007": (
        "A property that the type does not have",
        "Heat refuses a resource with a property that its type does not have, or that it knows only to refuse it.",
    ),
    "C2H4008": (
        "A required property is missing",
        "The type's schema demands the property and has no default for it.",
    ),
    "C2H4009": (
        "A value of the wrong type",
        (
            "The value, or what the function there gives, cannot become what the property takes: text, whole number, number, "
            "boolean, list or map. Heat turns numbers into text and text of digits into numbers, but makes no list of one "
            "value."
        ),
    ),
    "C2H4010": (
        "A value that a constraint refuses",
        (
            "The property allows certain values, a range, a length, a pattern, or the form of a network, an address or a "
            "name; the value is outside."
        ),
    ),
    "C2H4011": (
        "A function that cannot stand here",
        (
            "The function does not exist in this template version, was removed from it, or may not be used in conditions. A "
            "raised heat_template_version brings newer functions."
        ),
    ),
    "C2H4012": (
        "Wrong arguments of a function",
        "The argument of the function does not have the shape that Heat demands; the message says which.",
    ),
    "C2H4013": (
        "A parameter that is not there",
        "get_param names neither a parameter of the template nor one of those that every stack has.",
    ),
    "C2H4014": (
        "A resource that is not there",
        "get_resource, get_attr or depends_on names a resource that the template does not have.",
    ),
    "C2H4015": (
        "An attribute that the type does not have",
        "get_attr asks a resource for an attribute that its type, or the nested template behind it, does not give.",
    ),
    "C2H4016": (
        "A condition that is not there",
        "A resource, an output, an `if` or a condition names a condition that the template does not define.",
    ),
    "C2H4017": (
        "A circle",
        (
            "Resources need each other by references or depends_on, or conditions name each other, so that no order exists in "
            "which to make them."
        ),
    ),
    "C2H4018": (
        "A parameter group that does not hold",
        "A group needs a list of parameters; each must exist and may stand in one group only.",
    ),
    "C2H4019": (
        "A parameter that does not hold",
        (
            "The type does not exist, a constraint does not go with it or is malformed, or the default breaks the parameter's "
            "own constraints."
        ),
    ),
    "C2H4020": (
        "A name that stands twice",
        (
            "A key stands twice in one map, of which YAML keeps the last, or a parameter and a resource share a name, which "
            "Heat refuses."
        ),
    ),
    "C2H4021": (
        "Something that Heat will drop",
        (
            "The type or property is deprecated, or hidden because the service behind it has gone. It may still work, or do "
            "nothing."
        ),
    ),
    "C2H4022": (
        "Valid for Heat, refused by the cloud",
        (
            "Heat's validation accepts it, and the service refuses it when the stack is created. Found by running such "
            "templates on a cloud."
        ),
    ),
    "C2H4023": (
        "Accepted, and something else than it says",
        "Heat or the service accepts it without a word and does something else than the template seems to say.",
    ),
    "C2H4024": (
        "A reference to a resource that may be absent",
        (
            "The resource has a condition. When it does not hold, Heat refuses the template for the reference, unless the "
            "reference stands in an `if` on the same condition or in something that has it too."
        ),
    ),
    "C2H4025": (
        "Properties do not go together",
        (
            "Heat looks at the properties of a resource as a whole, too: of some, one must be given, others exclude each other, "
            "or a least size must not be above the greatest. It refuses a stack with such a resource before it makes anything."
        ),
    ),
    "C2H4501": (
        "A boot script calls AWS",
        (
            "User data or cfn-init runs the aws command, an SDK or the PowerShell tools of AWS. On OpenStack there is no AWS "
            "behind them and no role that lets them in. Replace the call, or leave it out."
        ),
    ),
    "C2H4502": (
        "A boot script reads an address in S3",
        (
            "Public objects are still read where servers reach the internet. What needs an identity of AWS is not: keep such "
            "files in a Swift container and read them by a temporary URL."
        ),
    ),
    "C2H4503": (
        "A boot script takes credentials from the instance's role",
        (
            "The metadata service of AWS hands out keys of the instance's role. Nova's has none: servers get a Keystone "
            "application credential by user data or a Barbican secret."
        ),
    ),
    "C2H4504": (
        "A boot script asks the metadata service",
        "Nova serves the EC2 form of the metadata too, with values of its own cloud. Nothing needs to be done in most cases.",
    ),
    "C2H4505": (
        "A boot script asks for metadata that Nova does not serve",
        (
            "Session tokens, the identity document, tags and spot notices are AWS's only. Nova's own facts are in "
            "http://169.254.169.254/openstack/latest/meta_data.json."
        ),
    ),
    "C2H4506": (
        "A boot script sets up an agent of AWS",
        (
            "Agents of Systems Manager, CloudWatch, CodeDeploy or ECS have nobody to speak to on OpenStack. Leave them out, and "
            "use what the cloud offers for the purpose."
        ),
    ),
    "C2H4507": (
        "A boot script uses a tool of Amazon Linux",
        "Other images do not have amazon-linux-extras or ec2-metadata. Use the image's package manager and the metadata service.",
    ),
    "C2H4508": (
        "A boot script installs AWS's helper scripts",
        (
            "aws-cfn-bootstrap comes from AWS's repositories, and what it installs speaks to AWS. What its scripts do is done by "
            "scripts in the user data, or by heat-cfntools where the site file says that images carry it."
        ),
    ),
    "C2H4509": (
        "A boot script uses a path of Amazon Linux",
        (
            "Other images have nothing in /opt/aws. Where images carry heat-cfntools, its cfn-create-aws-symlinks, run when the "
            "image is built, links cfn-init, cfn-hup and cfn-signal into /opt/aws/bin."
        ),
    ),
    "C2H4510": (
        "A boot script names an address of AWS",
        "The address belongs to a service of AWS. Put that of the service which stands in for it there.",
    ),
    "C2H4511": (
        "A boot script signals nobody",
        (
            "A call of cfn-signal names its resource. Heat's resources take no signals by name, so that the call is written "
            "anew with the address of a wait condition's handle. This one could not be, or nothing waits for it."
        ),
    ),
    "C2H4512": (
        "A server needs heat-cfntools",
        (
            "The site file says so (switches: heat_cfntools). cfn-init, cfn-hup and cfn-signal exist for Heat in the package "
            "heat-cfntools, which the server's image must have. It reads the same metadata; a few options of AWS's scripts are "
            "unknown to it and are left out of the calls."
        ),
    ),
    "C2H4513": (
        "A call of cfn-init finds no metadata",
        (
            "What cfn-init does is done by a script in the user data, or by heat-cfntools, to which Heat hands the metadata. "
            "Either wants user data that are a script with a call in plain words, which names a resource with such metadata."
        ),
    ),
    "C2H4514": (
        "Nothing watches the stack for cfn-hup",
        (
            "cfn-hup asks CloudFormation for changes of the metadata. Nothing does so by itself on OpenStack: that of "
            "heat-cfntools wants credentials of Heat and a cron job, and without heat-cfntools there is none."
        ),
    ),
    "C2H4515": (
        "The user data are too long",
        (
            "Nova takes 65535 characters of user data in base64, which are 49149 bytes. Values that are put in when the stack is "
            "made come on top of what was counted."
        ),
    ),
    "C2H4516": (
        "A value inside a text is encoded in AWS and not here",
        (
            "Fn::Base64 around a whole script says nothing that Nova does not do by itself. Around a value inside the script it "
            "makes other text of it, and Heat has no function that would: what is known beforehand is written encoded, the rest "
            "stands as it is. Encode it where the script reads it, or give the parameter a value that is encoded already."
        ),
    ),
    "C2H5001": (
        "A mapping file cannot be read",
        (
            "The file is missing, is not UTF-8 text or is not the YAML that mapping files are written in. Anchors, aliases "
            "and keys that stand twice are refused. Mend the file at the place that is named; docs/mapping-format.md "
            "describes the format."
        ),
    ),
    "C2H5002": (
        "A mapping file does not hold against its schema",
        (
            "The file is YAML, but something in it is unknown, missing or of the wrong kind. The message names the place and "
            "what is allowed there; cfn2heat/table/mapping.schema.json is the schema."
        ),
    ),
    "C2H5003": (
        "Two mapping files speak of one type",
        (
            "Each type has one file in a folder. Remove one of the two. To replace a shipped file, lay your own folder over "
            "it with --mappings."
        ),
    ),
    "C2H5004": (
        "A folder of mapping files cannot be read",
        "The folder given with --mappings does not exist, is no folder or may not be read.",
    ),
    "C2H5101": (
        "The site file cannot be read",
        (
            "The file is missing, is not UTF-8 text or is not YAML. A site file is a map of facts of the target cloud; "
            "anchors, aliases and keys that stand twice are refused."
        ),
    ),
    "C2H5102": (
        "The site file says something that no one asks for",
        (
            "The name is no fact of mappings/_site.yaml and no switch. Most often it is a spelling mistake, and the nearest "
            "name is given."
        ),
    ),
    "C2H5103": (
        "A value in the site file is of the wrong kind",
        (
            "Facts are text, lists of text or tables of text. YAML reads true, 1.5 and 10 as other things than text: put them "
            "in quotes where they are names."
        ),
    ),
    "C2H5104": (
        "The target cloud has no service for a resource",
        (
            "The site file lists the services of the cloud, and the one that the resource needs is not among them: Heat would "
            "refuse the stack. Correct the list under services when the cloud has it all the same."
        ),
    ),
    "C2H5201": (
        "A property has no row",
        (
            "AWS documents the property, and the mapping file of its type does not say what becomes of it. Give it a row, "
            "also when the row says drop: whatever has no row would be lost in silence."
        ),
    ),
    "C2H5202": (
        "A row or an answer speaks of what AWS does not document",
        (
            "The catalog of AWS types has no type, property or member of this name. It may be a spelling mistake, or the "
            "catalog is older than the file."
        ),
    ),
    "C2H5203": (
        "A reference has no answer",
        (
            "Ref and every attribute that GetAtt can give of a mapped type want an answer under references: a value, a hook, "
            "or none with its because."
        ),
    ),
    "C2H5204": (
        "An answer speaks of an attribute that AWS does not document",
        "The catalog of AWS types has no attribute of this name, or `instead` names one that has no answer itself.",
    ),
    "C2H5205": (
        "A row aims at what is not there",
        (
            "The target's emit key, resource type, property or attribute does not exist in the catalog of Heat's types. The "
            "message names what exists at that place."
        ),
    ),
    "C2H5206": (
        "A mapping file names what is not registered",
        (
            "No transform, hook, predicate or composite is registered in Python under this name, or _site.yaml has no such "
            "fact or switch. docs/hooks.md says how hooks are registered."
        ),
    ),
    "C2H5207": (
        "A composite's members are not its own",
        (
            "Two composites never share a member, and each member has a mapping file that holds when the composite does not "
            "claim it."
        ),
    ),
    "C2H5208": (
        "A because or an advice is missing or no sentence",
        "Because, advice and summary are plain sentences that end with a period, and a loss of grade error has an advice.",
    ),
    "C2H5209": (
        "Rows stand out of order",
        "The properties of a type stand in alphabetical order, so that a person finds them and two files compare.",
    ),
    "C2H5210": (
        "A mapping file contradicts itself",
        (
            "Its fidelity says none although it emits something (or the other way round), or a choice of rows can never reach "
            "one of its rows."
        ),
    ),
    "C2H5211": (
        "A type of AWS is answered not once but never or twice",
        "Each type of the catalog has a mapping file, or an answer by its name or its service in _none.yaml.",
    ),
    "C2H5212": (
        "An example is missing",
        "A mapped type has examples, each with a resource of that type. Examples are tests and documentation in one.",
    ),
    "C2H5213": (
        "A hook or transform is not used",
        "It is registered in Python, and no mapping file names it. Remove it, or name it where it belongs.",
    ),
    "C2H5214": (
        "A pattern or a function of a mapping file cannot be read",
        (
            "The pattern of `replace` is no regular expression of Python, or a function (get_attr, list_join, yaql, ...) has "
            "not the form that it has in HOT."
        ),
    ),
    "C2H5301": (
        "Files that belong to the template are not written",
        (
            "Standard output takes one file. The template that went there names others, for the members of a group or for "
            "nested stacks, and Heat refuses it without them. Give -d DIR, or -o FILE, and all of them are written."
        ),
    ),
    "C2H5302": (
        "A value for a parameter that no template has",
        (
            "--parameter names a parameter that none of the templates declares, so the value is used nowhere. Look at the "
            "spelling: names tell capitals from small letters."
        ),
    ),
    "C2H5303": (
        "A placeholder would stand where a template is",
        (
            "A nested template is not at hand, and a file of its name is in the folder already, which makes something: the real "
            "template, or a placeholder that somebody has filled. It is kept. Heat refuses the stack if it does not have the "
            "parameters that the outer template hands over; convert with --template-dir, and the two fit."
        ),
    ),
    "C2H6001": (
        "The configuration leads to no cloud",
        (
            "The cloud is found as the OpenStack client finds it: a name in clouds.yaml (--os-cloud, or OS_CLOUD), or the OS_* "
            "variables of an openrc file. The name is unknown there, or something that the login needs is lacking."
        ),
    ),
    "C2H6002": (
        "The cloud does not take the credentials",
        "Keystone refused the user, the password, the project or the domain, or the token ran out and no new one was given.",
    ),
    "C2H6003": (
        "The cloud cannot be reached",
        (
            "There is no answer under its address, it does not come in time, or the connection broke, and trying again did "
            "not help. What was already begun in the cloud goes on; the same command again finds it."
        ),
    ),
    "C2H6004": (
        "The cloud forbids it",
        (
            "The user has no role that allows this, or the project has reached a limit; the cloud's own words say which. Ask its "
            "operator."
        ),
    ),
    "C2H6005": (
        "The cloud refuses it",
        (
            "Heat validates a template and its values before it begins, and says what is wrong with them. Nothing was created or "
            "changed."
        ),
    ),
    "C2H6006": (
        "Something else is in the way",
        (
            "The stack is being changed at this moment, by another command, another person or Heat itself. Try again when that "
            "has ended."
        ),
    ),
    "C2H6007": (
        "There is nothing of this name",
        "The project that the login belongs to has no stack of this name or id. Stacks of other projects are not seen.",
    ),
    "C2H6008": (
        "The cloud is asked too often",
        "It limits how often it may be asked. What it asked to wait was waited for, several times, without an end.",
    ),
    "C2H6009": (
        "The cloud failed",
        (
            "The service, or what stands before it, answers that it failed itself. What can be asked again was asked again. "
            "Its operator finds the reason in the logs; what was already begun goes on, and the same command again finds it."
        ),
    ),
    "C2H6012": (
        "A value for a parameter that the template does not have",
        "The command line gives a value for a parameter that is not declared. Names tell capitals from small letters.",
    ),
    "C2H6013": (
        "A file of values cannot be read",
        (
            "The file does not exist, may not be read by you, or is no YAML or JSON. Its lines are not shown, for they may hold "
            "secrets."
        ),
    ),
    "C2H6014": (
        "A file of values holds something else",
        (
            "An environment file gives `parameters` and `parameter_defaults`. A resource registry or files of its own are not "
            "taken over: only nested templates that a type of the template names are sent to the cloud."
        ),
    ),
    "C2H6015": (
        "A secret on the command line",
        (
            "The parameter is hidden (NoEcho), and every user of the machine may read the arguments of a process. Give the value "
            "by an environment variable or by a file, or type it when you are asked."
        ),
    ),
    "C2H6016": (
        "A parameter has no value",
        (
            "The template gives no default, or asks for something that only a person or the cloud can know. Nothing is begun "
            "before each has its value."
        ),
    ),
    "C2H6017": (
        "Two stacks export one name",
        (
            "Names of exports are unique in a project; which of the two stacks is meant cannot be told. Give the value itself, "
            "or rename an export."
        ),
    ),
    "C2H6018": (
        "A stack of this name is there, made by something else",
        (
            "deploy updates without asking only what it made itself, which bears the tag cfn2heat. Choose another name, or say "
            "--update."
        ),
    ),
    "C2H6019": (
        "A Heat template wants a file that is not sent",
        (
            "Only nested templates in the folder of the template, or below it, that a type names are sent. get_file is refused, "
            "so that no template makes the client read files of the machine."
        ),
    ),
    "C2H6020": (
        "The conversion lost what a person must mend",
        (
            "Deploying goes on by itself only when nothing of weight is lost. Mend the converted template and deploy that one, "
            "or accept the losses."
        ),
    ),
    "C2H6021": (
        "What a stack exports is in use",
        (
            "Another stack was given values that this stack exports. It goes on with them, and they lead nowhere when this stack "
            "is gone."
        ),
    ),
    "C2H6501": (
        "The cloud's Heat does not know the template version",
        (
            "Each release of Heat reads the versions up to its own date. Convert once more with --heat-version and a version "
            "that the cloud knows; what an older one cannot say is then written in another way, or dropped with its reason."
        ),
    ),
    "C2H6502": (
        "The cloud's Heat does not offer a resource type",
        (
            "The service behind the type is not there, or this user's roles do not allow the type. openstack orchestration "
            "resource type list shows what is offered. A site file made by site init says such things at conversion already."
        ),
    ),
    "C2H6503": (
        "The cloud does not have what the template names",
        (
            "An image, flavor, network, key pair, zone, volume type or the like is named that does not exist, or that this user "
            "does not see. Correct the name in the site file or in the environment file, or make the thing. Key pairs belong to "
            "a user, not to a project."
        ),
    ),
    "C2H6504": (
        "A name stands for more than one thing of the cloud",
        "Names are not unique in OpenStack. Heat refuses a name that two things bear, so the id of the right one must be given.",
    ),
    "C2H6505": (
        "A flavor is too small for an image",
        "The image says how much disk or memory it wants at least, and Nova refuses a server with less.",
    ),
    "C2H6506": (
        "The project's quota does not suffice",
        (
            "What the template makes, counted with the members of groups at their first size, is more than the quota leaves. "
            "What services make on their own, such as ports for DHCP, comes on top."
        ),
    ),
    "C2H6507": (
        "A parameter that should name a thing of the cloud has no value yet",
        "What it will name cannot be looked up before it has a value. Give it in the environment file, or with --parameter.",
    ),
    "C2H6508": (
        "Something of the cloud could not be read",
        (
            "The service does not answer, or this user may not ask it. Whether it has what the template names is not known; "
            "nothing is guessed."
        ),
    ),
    "C2H7001": (
        "A disk image cannot be read",
        (
            "The file does not exist, is a folder, a device or a pipe, or may not be read by you. A device is copied into a "
            "file first, while its server is stopped."
        ),
    ),
    "C2H7002": (
        "There is no disk in the file",
        "The file is shorter than one sector. Most often a download broke off: fetch it again.",
    ),
    "C2H7003": (
        "A disk is something else than it is said to be",
        (
            "The name or --source-format declares one format, and the bytes show another. Programs that guess are led by this "
            "to read files of the host, so it is refused. When the other format is what you expect, say so with --source- "
            "format."
        ),
    ),
    "C2H7004": (
        "The format of a disk is not declared",
        "The file's name has no ending that says its format, and formats are never guessed. Give --source-format.",
    ),
    "C2H7005": (
        "A file is of a format that is not taken",
        (
            "Taken are raw, qcow2, VMDK, VHD, VHDX, and OVA with such disks. Convert what is something else where it comes "
            "from; an installer's disc is no disk of a server."
        ),
    ),
    "C2H7006": (
        "A disk image is compressed",
        (
            "Only the formats' own compression is read, because a small archive can hold a disk without end. Unpack it first, "
            "and look at the size before you do."
        ),
    ),
    "C2H7007": (
        "A disk image is encrypted",
        (
            "Neither the guest's system nor its drivers can be seen or changed in it. Decrypt it where its key is known, then "
            "export it again."
        ),
    ),
    "C2H7010": (
        "A qcow2 image has a backing file",
        (
            "It names a file of the host and takes what it lacks from there: a plain conversion would copy that file into its "
            "result. Flatten it where it comes from."
        ),
    ),
    "C2H7011": (
        "A qcow2 image keeps its data in another file",
        (
            "It names a file of the host as its data: a plain conversion would copy that file into its result. Flatten it "
            "where it comes from."
        ),
    ),
    "C2H7012": (
        "The header of a qcow2 image is not one that is known",
        "Its version is not 2 or 3, it is cut off, or it needs features that this program cannot judge.",
    ),
    "C2H7013": (
        "The text of a VMDK pretends to be a disk",
        "The file is declared as raw and is a descriptor, which some programs open and follow to other files of the host.",
    ),
    "C2H7014": (
        "The subformat of a VMDK is not taken",
        (
            "Deltas, raw devices and formats that only ESX knows are refused. Export the disk as streamOptimized, as an OVA "
            "has it."
        ),
    ),
    "C2H7015": (
        "A VMDK names extents that do not belong to it",
        (
            "Extents stand in the file itself, or beside it under the descriptor's own name as VMware gives it, and are no "
            "links. Anything else could be a file of the host, which a plain conversion would copy, also when it is told the "
            "format."
        ),
    ),
    "C2H7016": (
        "A VMDK has a parent",
        (
            "It is a delta, such as a snapshot, over another disk that it names. Consolidate the snapshots, then export the "
            "disk again."
        ),
    ),
    "C2H7017": (
        "The header or descriptor of a VMDK is not one that a program writes",
        (
            "It is cut off, too long, contradicts itself, says a thing twice, or has lines that no VMDK has. Programs disagree "
            "about such files, so they are refused."
        ),
    ),
    "C2H7018": (
        "A VHD or VHDX has a parent",
        "It is a differencing disk over another one that it names. Merge it into its parent, then export that.",
    ),
    "C2H7020": (
        "The size of a disk is absurd",
        "The guest would see no byte at all, or more than 16 TiB. A small file that claims so is made to fill a disk.",
    ),
    "C2H7021": (
        "A disk cannot be opened by qemu",
        (
            "Its headers have passed, and qemu-img refuses to open it for the reason given. Check it where it comes from "
            "(qemu-img check), and download it again."
        ),
    ),
    "C2H7022": (
        "Looking at a disk takes too much",
        "qemu-img info ran out of the processor time or the memory that it is given, which is ample for any honest image.",
    ),
    "C2H7023": (
        "A disk holds more than its headers show",
        (
            "qemu names a file or an encryption that the reading of the headers has not found. Please report it: such an image "
            "should have been refused before."
        ),
    ),
    "C2H7024": (
        "The format inspector refuses a disk",
        (
            "oslo.utils, whose format inspector judges images for Nova, Glance and Cinder, does not hold it for safe or finds "
            "the headers of two formats in it."
        ),
    ),
    "C2H7026": (
        "The tables of a VHD or VHDX do not hold",
        "A header, footer or table is missing, cut off, or contradicts another one.",
    ),
    "C2H7030": (
        "A member of an archive leads out of its folder",
        "Its name is absolute or climbs with .., so that unpacking it would write elsewhere on the host.",
    ),
    "C2H7031": (
        "A member of an archive is no plain file",
        "Links, devices and sparse files have no place in an OVA; a link in it can point at any file of the host.",
    ),
    "C2H7032": (
        "An archive is not one that a program writes",
        "It cannot be read, has more members than any OVA has, the same name twice, or a header of many megabytes.",
    ),
    "C2H7033": (
        "The descriptor of an archive cannot be read",
        "An OVA has one OVF descriptor, of at most 4 MiB of XML without document type and entities.",
    ),
    "C2H7034": (
        "The descriptor of an archive names a disk that is not in it",
        "Disks are taken from the archive only, never from addresses or from files of the host.",
    ),
    "C2H7035": (
        "An archive packs its disks once more",
        "Compressed or chunked members are not read. Export the OVA without them; its VMDK disks are compressed anyway.",
    ),
    "C2H7036": (
        "A member of an archive is not what its manifest says",
        "Its checksum differs: the archive was damaged on its way or changed by somebody. Nothing of it is kept.",
    ),
    "C2H7037": (
        "A member of an archive is longer than the archive",
        "The archive is cut off, or made to mislead: what it announces is not there. Download it again.",
    ),
    "C2H7038": (
        "An archive has several disks",
        "One server's disks are converted one by one. Say with --disk which one is meant.",
    ),
    "C2H7040": (
        "A program is lacking on this machine",
        "The message names all that are lacking, and the advice the command that installs them.",
    ),
    "C2H7041": (
        "A program has failed",
        (
            "An external program ended with an error; its last words are in the message, and all of them in the log that the "
            "advice names."
        ),
    ),
    "C2H7042": (
        "A program takes too long",
        "It had ample time and was stopped, with all that it had started.",
    ),
    "C2H7043": (
        "A program says more than it may",
        (
            "What programs say is kept in memory, so that it is bounded where a stranger may speak through them: a server that "
            "is asked over ssh. Nothing of it was used."
        ),
    ),
    "C2H7050": (
        "A disk cannot be looked into",
        (
            "libguestfs, which looks at disks in a virtual machine of their own, could not read this one, or could not start. "
            "libguestfs-test-tool tells whether it works on this machine."
        ),
    ),
    "C2H7051": (
        "There are several systems on a disk",
        "It starts more than one system, and nothing says which one is meant to be moved. Give a disk with one.",
    ),
    "C2H7060": (
        "Something stands in the way of a conversion",
        (
            "A guest cannot be converted with what was given, most often because there are no VirtIO drivers for its Windows. "
            "The message says what is needed."
        ),
    ),
    "C2H7061": (
        "The place of a result is taken",
        (
            "A file of that name is there already, its folder is not, or another call that makes it is running. Results are "
            "never overwritten."
        ),
    ),
    "C2H7062": (
        "There is not enough room",
        (
            "The copy of the disk and what is added to it may need more than is free where the result goes. It is said before "
            "anything is written."
        ),
    ),
    "C2H7070": (
        "The cloud refuses an image",
        (
            "Glance says no to the image or to one of its properties, for the reason given: a quota, a policy, or a format "
            "that it does not take."
        ),
    ),
    "C2H7071": (
        "An upload broke off",
        (
            "The connection was cut, or the cloud gave up. Glance takes images in one piece, so the next call begins anew; no "
            "image that is not whole stays active."
        ),
    ),
    "C2H7072": (
        "The cloud's image is not what was sent",
        "Size, checksum or properties read back differ from what was sent. The image was removed again.",
    ),
    "C2H7073": (
        "The properties beside an image cannot be read",
        (
            "The file that convert writes beside its result is damaged. Without it an image is uploaded with those properties "
            "only that --property gives."
        ),
    ),
    "C2H7080": (
        "A plan of images cannot be read",
        "It is not what `images plan` writes, or an edit has left it so. The place is that of what is wrong.",
    ),
    "C2H7081": (
        "The site file's table of images cannot be filled",
        (
            "It says something else of an image already, or is written in a way that lines cannot be added to. Nothing of it "
            "was changed; the images are moved."
        ),
    ),
    "C2H7090": (
        "An address of a server cannot be read",
        "It is ssh://user@host or ssh://user@host:port, without a password: keys and agents of ssh are used.",
    ),
    "C2H7091": (
        "A server or a guest cannot be asked",
        (
            "ssh could not connect or was not let in, the system is no Linux, or the answer breaks off or is none of our script. "
            "The last words of ssh are in the message. Nobody is asked for passwords: use a key or an agent."
        ),
    ),
    "C2H7092": (
        "An inventory cannot be read",
        ("It is not what `images inventory` writes, or an edit has left it so, or it names a path that leads out of the folder."),
    ),
    "C2H7093": (
        "The key of a server is not known",
        (
            "Whoever answers at that address shows a host key that known_hosts does not have, and a key is never taken unseen. "
            "Learn its fingerprint over another way, such as the console's log, then add it."
        ),
    ),
    "C2H7094": (
        "The key of a server is another one than before",
        (
            "known_hosts has another key for that address. It may be a new machine, or somebody in between. Compare fingerprints "
            "over another way before you remove the old key."
        ),
    ),
    "C2H7100": (
        "AWS cannot be asked",
        (
            "boto3 has found no credentials, the network is cut, or the account may not do it; the message has the words of AWS. "
            "Credentials are taken from the environment, from ~/.aws, or from the profile that is named, and from nowhere else."
        ),
    ),
    "C2H7101": (
        "An image cannot be exported",
        (
            "AWS exports what belongs to the account and has no software licensed through AWS or its Marketplace in it, no "
            "encrypted snapshot, and one volume. What can be seen beforehand is said before anything is begun; else the message "
            "has what AWS answered. Where AWS refuses, copy the disk from inside the server."
        ),
    ),
    "C2H7102": (
        "A download from S3 broke off",
        "The connection was cut several times without a byte between. What has arrived is kept, and the next call goes on there.",
    ),
    "C2H7103": (
        "A file is not what S3 has",
        (
            "Its size or its checksum is another one, the object was changed meanwhile, or S3 keeps no checksum of it. Nothing "
            "was left under the final name."
        ),
    ),
}
