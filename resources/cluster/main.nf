// nextflow run main.nf   (-profile of your site decides where the tasks run)
nextflow.enable.dsl = 2
params.program = System.getenv('CYTOLOOM') ?: 'cytoloom'

process TASK {
  tag "task ${index}"
  errorStrategy 'retry'
  maxRetries 3
  input:
  val index
  val ready
  output:
  val index
  script:
  """
  ${params.program} study run-task '${projectDir}' --index ${index} --json
  """
}

process GENERATOR {
  tag "task ${index}"
  errorStrategy 'retry'
  maxRetries 3
  input:
  val index
  output:
  val index
  script:
  """
  ${params.program} study run-task '${projectDir}' --index ${index} --json
  """
}

process COLLECT {
  input:
  val all
  script:
  """
  ${params.program} study collect '${projectDir}' --json
  """
}

workflow {
  numbers = (0..<@GENERATORS@ + @ARMS@).toList()
  made = GENERATOR(Channel.fromList(numbers.take(@GENERATORS@)))
  TASK(Channel.fromList(numbers.drop(@GENERATORS@)), made.collect().ifEmpty([]))
  COLLECT(TASK.out.collect())
}
