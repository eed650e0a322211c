import base64
import json

import boto3

from serve import describe, serve

CELSIUS = {"Paris": 18, "Rome": 24}


def spec_of(name, description, properties):
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"toolSpec": {"name": name, "description": description, "inputSchema": {"json": schema}}}


TOOLS = [
    spec_of("get_weather", "The weather in a city", {"city": {"type": "string"}}),
    spec_of("add", "Adds numbers", {"numbers": {"type": "array", "items": {"type": "number"}}}),
]


def run_tool(name, given):
    if name == "add":
        return {"sum": sum(given["numbers"])}
    return {"city": given["city"], "celsius": CELSIUS[given["city"]]}


def runtime():
    # The default session would keep the environment of the first case.
    return boto3.Session().client("bedrock-runtime")


def request_of(model, prompt, system=None, content=(), **more):
    messages = [{"role": "user", "content": [*content, {"text": prompt}]}]
    request = {"modelId": model, "messages": messages, **more}
    return {**request, "system": [{"text": system}]} if system else request


def text_of(content):
    return "".join(block.get("text", "") for block in content)


def usage_of(usage):
    return {"input": usage["inputTokens"], "output": usage["outputTokens"]}


def answer(**given):
    response = runtime().converse(**request_of(**given))
    text = text_of(response["output"]["message"]["content"])
    return {"text": text, "usage": usage_of(response["usage"]), "stopReason": response["stopReason"]}


def read(stream, on_text=lambda text: None):
    """Folds a stream into a message, as every user of converse_stream does."""
    content, stop_reason, usage = {}, None, None
    for event in stream:
        start = event.get("contentBlockStart")
        if start and "toolUse" in start["start"]:
            content[start["contentBlockIndex"]] = {"toolUse": {**start["start"]["toolUse"], "input": ""}}
        if "contentBlockDelta" in event:
            at, delta = event["contentBlockDelta"]["contentBlockIndex"], event["contentBlockDelta"]["delta"]
            if "text" in delta:
                block = content.setdefault(at, {"text": ""})
                block["text"] += delta["text"]
                on_text(delta["text"])
            if "toolUse" in delta:
                content[at]["toolUse"]["input"] += delta["toolUse"]["input"]
            if "reasoningContent" in delta:
                block = content.setdefault(at, {"reasoningContent": {"reasoningText": {"text": ""}}})
                thought, more = block["reasoningContent"]["reasoningText"], delta["reasoningContent"]
                thought["text"] += more.get("text", "")
                if "signature" in more:
                    thought["signature"] = more["signature"]
        if "messageStop" in event:
            stop_reason = event["messageStop"]["stopReason"]
        if "metadata" in event:
            usage = event["metadata"]["usage"]
    blocks = [content[at] for at in sorted(content)]
    for block in blocks:
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
    return blocks, stop_reason, usage


def stream(**given):
    texts = []
    try:
        response = runtime().converse_stream(**request_of(**given))
        _, stop_reason, usage = read(response["stream"], texts.append)
    except Exception as error:
        return {"texts": texts, "failure": describe(error)}
    return {"texts": texts, "usage": usage_of(usage), "stopReason": stop_reason}


def leave(**given):
    texts = []
    events = runtime().converse_stream(**request_of(**given))["stream"]
    for event in events:
        text = event.get("contentBlockDelta", {}).get("delta", {}).get("text")
        if text is not None:
            texts.append(text)
        if len(texts) == 2:
            break
    events.close()
    return {"texts": texts}


def loop(model, prompt, thinking=None, streams=False):
    client = runtime()
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    calls, reasoning = [], []
    while True:
        request = {"modelId": model, "messages": messages, "toolConfig": {"tools": TOOLS}}
        if thinking:
            request["additionalModelRequestFields"] = {"thinking": thinking}
        if streams:
            content, stop_reason, _ = read(client.converse_stream(**request)["stream"])
        else:
            response = client.converse(**request)
            content, stop_reason = response["output"]["message"]["content"], response["stopReason"]
        messages.append({"role": "assistant", "content": content})
        thoughts = [block["reasoningContent"]["reasoningText"] for block in content if "reasoningContent" in block]
        reasoning.append("".join(thought["text"] for thought in thoughts))
        if stop_reason != "tool_use":
            return {"text": text_of(content), "calls": calls, "reasoning": reasoning}
        uses = [block["toolUse"] for block in content if "toolUse" in block]
        calls.append([{"name": use["name"], "input": use["input"]} for use in uses])
        results = [
            {
                "toolResult": {
                    "toolUseId": use["toolUseId"],
                    "content": [{"json": run_tool(use["name"], use["input"])}],
                }
            }
            for use in uses
        ]
        messages.append({"role": "user", "content": results})


def force_tool(**given):
    config = {"tools": TOOLS, "toolChoice": {"tool": {"name": "get_weather"}}}
    response = runtime().converse(**request_of(**given, toolConfig=config))
    uses = [block["toolUse"] for block in response["output"]["message"]["content"] if "toolUse" in block]
    return [{"name": use["name"], "input": use["input"]} for use in uses]


def make_object(schema, **given):
    json_schema = {"name": "city", "schema": json.dumps(schema)}
    config = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": json_schema}}}
    response = runtime().converse(**request_of(**given, outputConfig=config))
    return [json.loads(text_of(response["output"]["message"]["content"]))]


def with_bytes(kind, **block):
    def run(bytes, **given):
        content = [{kind: {**block, "source": {"bytes": base64.b64decode(bytes)}}}]
        return answer(**given, content=content)

    return run


def cite(text, **given):
    document = {"format": "txt", "name": "Report", "source": {"text": text}, "citations": {"enabled": True}}
    response = runtime().converse(**request_of(**given, content=[{"document": document}]))
    return [
        {"title": citation["title"], "text": citation["sourceContent"][0]["text"]}
        for block in response["output"]["message"]["content"]
        for citation in block.get("citationsContent", {}).get("citations", [])
    ]


def cache(model, prompt, system):
    request = request_of(model, prompt)
    request["system"] = [{"text": system}, {"cachePoint": {"type": "default"}}]
    usages = [runtime().converse(**request)["usage"] for _ in range(2)]
    return [
        {"read": usage["cacheReadInputTokens"], "written": usage["cacheWriteInputTokens"]} for usage in usages
    ]


def stop_sequence(stop, **given):
    response = runtime().converse(
        **request_of(**given, inferenceConfig={"stopSequences": [stop]}),
        additionalModelResponseFieldPaths=["/stop_sequence"],
    )
    return response["additionalModelResponseFields"]["stop_sequence"]


def count(model, prompt):
    messages = request_of(model, prompt)["messages"]
    return runtime().count_tokens(modelId=model, input={"converse": {"messages": messages}})["inputTokens"]


def invoke(model, body):
    response = runtime().invoke_model(modelId=model, body=json.dumps(body))
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    counts = {kind: int(headers.get(f"x-amzn-bedrock-{kind}-token-count", 0)) for kind in ("input", "output")}
    return {
        "body": json.loads(response["body"].read()),
        "contentType": response["contentType"],
        "tokens": counts,
    }


def invoke_stream(model, body):
    chunks = []
    try:
        response = runtime().invoke_model_with_response_stream(modelId=model, body=json.dumps(body))
        for event in response["body"]:
            chunks.append(json.loads(event["chunk"]["bytes"]))
    except Exception as error:
        return {"chunks": chunks, "failure": describe(error)}
    return {"chunks": chunks}


def count_body(model, body):
    given = {"invokeModel": {"body": json.dumps(body)}}
    return runtime().count_tokens(modelId=model, input=given)["inputTokens"]


def embed_texts(model, values, dimensions=None):
    if "cohere" in model:
        body = {"texts": values, "input_type": "search_document", "embedding_types": ["float"]}
        return invoke(model, body)["body"]["embeddings"]["float"]
    more = {"dimensions": dimensions} if dimensions else {}
    return [invoke(model, {"inputText": value, **more})["body"]["embedding"] for value in values]


def embed(model, values, **more):
    [one] = embed_texts(model, values[:1], **more)
    return {"one": one, "many": embed_texts(model, values, **more)}


def rerank(model, query, documents, topN):
    client = boto3.Session().client("bedrock-agent-runtime")
    arn = f"arn:aws:bedrock:{client.meta.region_name}::foundation-model/{model}"
    ranked = client.rerank(
        queries=[{"type": "TEXT", "textQuery": {"text": query}}],
        sources=[
            {
                "type": "INLINE",
                "inlineDocumentSource": {"type": "TEXT", "textDocument": {"text": document}},
            }
            for document in documents
        ],
        rerankingConfiguration={
            "type": "BEDROCK_RERANKING_MODEL",
            "bedrockRerankingConfiguration": {
                "modelConfiguration": {"modelArn": arn},
                "numberOfResults": topN,
            },
        },
    )
    return [{"index": result["index"], "score": result["relevanceScore"]} for result in ranked["results"]]


def apply_guardrail(text):
    applied = runtime().apply_guardrail(
        guardrailIdentifier="localguardrail",
        guardrailVersion="1",
        source="INPUT",
        content=[{"text": {"text": text}}],
    )
    words = [
        word["match"]
        for assessment in applied["assessments"]
        for word in assessment.get("wordPolicy", {}).get("customWords", [])
    ]
    return {
        "action": applied["action"],
        "outputs": [output["text"] for output in applied["outputs"]],
        "words": words,
        "isCounted": applied["usage"]["wordPolicyUnits"] > 0,
    }


def guardrails():
    pages = boto3.Session().client("bedrock").get_paginator("list_guardrails").paginate()
    return [
        {"arn": one["arn"], "status": one["status"], "year": one["createdAt"].year}
        for page in pages
        for one in page["guardrails"]
    ]


def get_model(id):
    return boto3.Session().client("bedrock").get_foundation_model(modelIdentifier=id)["modelDetails"]


def models(**filters):
    listed = boto3.Session().client("bedrock").list_foundation_models(**filters)
    return [model["modelId"] for model in listed["modelSummaries"]]


def available(model):
    return boto3.Session().client("bedrock").get_foundation_model_availability(modelId=model)["authorizationStatus"]


def profile(id):
    found = boto3.Session().client("bedrock").get_inference_profile(inferenceProfileIdentifier=id)
    return [model["modelArn"] for model in found["models"]]


def profiles():
    paginator = boto3.Session().client("bedrock").get_paginator("list_inference_profiles")
    pages = paginator.paginate(PaginationConfig={"PageSize": 10})
    return [[one["inferenceProfileId"] for one in page["inferenceProfileSummaries"]] for page in pages]


serve(
    {
        "answer": answer,
        "stream": stream,
        "leave": leave,
        "loop": loop,
        "streamLoop": lambda **given: loop(**given, streams=True),
        "forceTool": force_tool,
        "object": make_object,
        "image": with_bytes("image", format="png"),
        "document": with_bytes("document", format="pdf", name="Report"),
        "cite": cite,
        "cache": cache,
        "guardrail": lambda guardrail, **given: answer(**given, guardrailConfig=guardrail),
        "stopSequence": stop_sequence,
        "count": count,
        "invoke": invoke,
        "invokeStream": invoke_stream,
        "countBody": count_body,
        "embed": embed,
        "rerank": rerank,
        "applyGuardrail": apply_guardrail,
        "guardrails": guardrails,
        "model": get_model,
        "models": models,
        "available": available,
        "profile": profile,
        "profiles": profiles,
    }
)
